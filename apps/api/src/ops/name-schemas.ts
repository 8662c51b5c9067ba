type Json = Record<string, unknown>;

/**
 * Finishes the OpenAPI document: shows what `batchOf` hides from validation as `items`, and moves every schema that
 * `named` named to `components`, so that it is written once and generated clients can call it by its name.
 */
export function nameSchemas<T extends object>(document: T): T {
  const components: Json = {};
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const { 'x-name': name, 'x-batch-item': batchItem, ...rest } = node as Json;
    const copy: Json = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, visit(value)]));
    if (batchItem !== undefined) copy['items'] = visit(batchItem);
    if (typeof name !== 'string') return copy;
    components[name] = copy;
    return { $ref: `#/components/schemas/${name}` };
  };
  const named = visit(document) as T & { readonly components?: Json };
  return { ...named, components: { ...named.components, schemas: components } };
}

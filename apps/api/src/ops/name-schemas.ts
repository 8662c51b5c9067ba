type Json = Record<string, unknown>;

/**
 * Finishes the OpenAPI document: shows what `batchOf` hides from validation as `items`, and moves every schema that
 * `named` named and every header that `describeHeader` made to `components`, so that it is written once and generated
 * clients can call it by its name.
 */
export function nameSchemas<T extends object>(document: T): T {
  const schemas: Json = {};
  const headers: Json = {};
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const { 'x-name': name, 'x-batch-item': batchItem, 'x-header': _isHeader, ...rest } = node as Json;
    const copy: Json = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, visitAt(key, value)]));
    if (batchItem !== undefined) copy['items'] = visit(batchItem);
    if (typeof name !== 'string') return copy;
    schemas[name] = copy;
    return { $ref: `#/components/schemas/${name}` };
  };
  const visitAt = (key: string, value: unknown): unknown => {
    if (!isHeader(value)) return visit(value);
    headers[key] = visit(value);
    return { $ref: `#/components/headers/${key}` };
  };
  const named = visit(document) as T & { readonly components?: Json };
  return { ...named, components: { ...named.components, schemas, headers } };
}

function isHeader(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && (value as { readonly schema?: Json }).schema?.['x-header'] === true
  );
}

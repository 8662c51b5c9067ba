/** As much of JSON Schema as the API's own document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly 'x-batch-item'?: Schema;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
}

export interface Schemas {
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** A value with nothing in it but what the schema requires; one item in each list. */
export function minimalValue(schema: Schema, document: Schemas): unknown {
  const resolved = resolve(schema, document);
  if (resolved.const !== undefined) return resolved.const;
  if (resolved.enum !== undefined) return resolved.enum[0];
  if (resolved.anyOf?.[0] !== undefined) return minimalValue(resolved.anyOf[0], document);
  switch ([resolved.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        (resolved.required ?? []).map((name) => [name, minimalValue(resolved.properties?.[name] ?? {}, document)]),
      );
    case 'array':
      return [minimalValue(resolved.items ?? {}, document)];
    case 'integer':
    case 'number':
      return Math.max(1, resolved.minimum ?? 0);
    case 'boolean':
      return true;
    case 'string':
      return 'x'.repeat(Math.max(1, resolved.minLength ?? 0));
    case undefined:
    default:
      return {};
  }
}

function resolve(schema: Schema, document: Schemas): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (document.components?.schemas?.[name] ?? {});
}

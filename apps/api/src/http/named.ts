import type { TSchema } from 'typebox';

/** Gives a schema its name in the OpenAPI document; validation does not care. */
export function named<T extends TSchema>(name: string, schema: T): T {
  return { ...schema, 'x-name': name };
}

import { Type, type TSchema } from 'typebox';

/**
 * A list whose items a handler checks one by one, so that a bad one does not spoil the others. The documentation still
 * shows what an item is: from `x-batch-item`.
 */
export function batchOf(item: TSchema, options: { readonly maxItems: number }) {
  return Type.Unsafe<unknown[]>({ type: 'array', items: {}, 'x-batch-item': item, ...options });
}

/** Shows what `batchOf` hides from validation: `items` as they are meant. Answers a copy. */
export function restoreBatchItems<T>(schema: T): T {
  return restore(schema) as T;
}

function restore(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(restore);
  if (typeof node !== 'object' || node === null) return node;
  const { 'x-batch-item': item, ...rest } = node as Record<string, unknown>;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, restore(value)]));
  return item === undefined ? copy : { ...copy, items: restore(item) };
}

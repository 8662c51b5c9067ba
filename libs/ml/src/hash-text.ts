/**
 * FNV-1a of a text's UTF-16 code units, an unsigned 32-bit integer. Spreads categories over buckets; proves nothing.
 *
 * @see Fowler, Noll, Vo, http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

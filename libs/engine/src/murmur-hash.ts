const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/**
 * MurmurHash3_x86_32 of a text's UTF-16 code units, little-endian: an unsigned 32-bit integer. Uniform and quick; proves
 * nothing against somebody who chooses texts.
 *
 * @param seed 32 bits; another one for each purpose
 * @see Austin Appleby, SMHasher, MurmurHash3.cpp
 */
export function murmurHash(text: string, seed: number): number {
  const { length } = text;
  let hash = seed | 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    hash ^= scramble(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  if (i < length) hash ^= scramble(text.charCodeAt(i));
  hash ^= 2 * length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const mixed = Math.imul(block, C1);
  return Math.imul((mixed << 15) | (mixed >>> 17), C2);
}

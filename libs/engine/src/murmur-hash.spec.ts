import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { murmurHash } from './murmur-hash.js';

describe('murmurHash', () => {
  // Ian Boyd's vectors for MurmurHash3_x86_32, of bytes that are whole UTF-16 units: https://stackoverflow.com/a/31929528
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['\u4321\u8765', 0, 0xf55b516b],
    ['\u4321\u8765', 0x5082edee, 0x2362f9de],
    ['\u4321', 0, 0xa0f7b07a],
    ['\0\0', 0, 0x2362f9de],
    ['\0', 0, 0x30f4c306],
  ])('of %j from %i is MurmurHash3_x86_32 of its bytes', (text, seed, expected) => {
    expect(murmurHash(text, seed)).toBe(expected);
  });

  it('is the reference algorithm over the bytes of any text', () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), word, (text, seed) => {
        expect(murmurHash(text, seed)).toBe(referenceOf(Buffer.from(text, 'utf16le'), seed));
      }),
    );
  });
});

/** Word by word as the original has it, in whole numbers. */
function referenceOf(bytes: Buffer, seed: number): number {
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (32n - by))) & 0xffffffffn;
  const times = (x: bigint, y: bigint) => (x * y) & 0xffffffffn;
  const scramble = (k: bigint) => times(rotate(times(k, 0xcc9e2d51n), 15n), 0x1b873593n);
  let hash = BigInt(seed);
  const tailAt = bytes.length & ~3;
  for (let i = 0; i < tailAt; i += 4) {
    hash = (times(rotate(hash ^ scramble(BigInt(bytes.readUInt32LE(i))), 13n), 5n) + 0xe6546b64n) & 0xffffffffn;
  }
  let tail = 0n;
  for (let i = bytes.length - 1; i >= tailAt; i--) tail = (tail << 8n) | BigInt(bytes[i] ?? 0);
  hash ^= scramble(tail) ^ BigInt(bytes.length);
  hash = times(hash ^ (hash >> 16n), 0x85ebca6bn);
  hash = times(hash ^ (hash >> 13n), 0xc2b2ae35n);
  return Number(hash ^ (hash >> 16n));
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isSprawling } from './is-sprawling.js';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const listOf = (length: number) => JSON.stringify(Array.from({ length }, () => 0));

const objectsOf = (names: number, prefix: string) =>
  JSON.stringify(
    Array.from({ length: names / 5 }, (_, i) =>
      Object.fromEntries([0, 1, 2, 3, 4].map((j) => [`${prefix}${5 * i + j}`, 1])),
    ),
    null,
    1,
  );

/** The plain way, which reads the text first. */
function sprawls(value: unknown, depth = 1): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const children: unknown[] = Object.values(value);
  return depth > 100 || children.length > 10_000 || children.some((child) => sprawls(child, depth + 1));
}

describe('isSprawling', () => {
  it.each<[string, string, boolean]>([
    ['lists of 100 levels', nested(100), false],
    ['lists of 101 levels', nested(101), true],
    ['objects of 101 levels', `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`, true],
    ['many lists side by side', JSON.stringify(Array.from({ length: 5_000 }, () => [[]])), false],
    ['10,000 entries', listOf(10_000), false],
    ['10,001 entries', listOf(10_001), true],
    ['too many entries further in', `{"a":[1,{"b":${listOf(10_001)}}]}`, true],
    ['10,000 names in small objects', objectsOf(10_000, 'n'), false],
    ['10,005 names in small objects', objectsOf(10_005, 'n'), true],
    ['names that come again', JSON.stringify(Array.from({ length: 5_000 }, () => ({ a: 1, b: { c: 'd' } }))), false],
    [
      'texts that are no names',
      JSON.stringify(Array.from({ length: 9_000 }, (_, i) => ({ a: `t${i}`, b: `u${i}` }))),
      false,
    ],
    ['brackets and commas within text', JSON.stringify({ a: '[{,'.repeat(20_000), b: '\\"[,'.repeat(20_000) }), false],
    ['text without an end', `"${'['.repeat(500)}`, false],
    ['closing brackets alone', `${']'.repeat(500)},${','.repeat(50)}`, false],
  ])('of %s', (_, json, expected) => {
    expect(isSprawling(json)).toBe(expected);
  });

  it('says of any JSON what reading it would', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 95, max: 105 }), (value, depth) => {
        let deep: unknown = value;
        for (let i = 0; i < depth; i++) deep = i % 2 === 0 ? [deep, '"]'] : { '\\"[': deep };
        expect(isSprawling(JSON.stringify(deep))).toBe(sprawls(deep));
      }),
      { numRuns: 200 },
    );
  });
});

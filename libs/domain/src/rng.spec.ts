import { describe, expect, it } from '@jest/globals';
import { createRng, uniformInteger } from './rng.js';

const draws = (seed: readonly [number, number, number, number], count: number) => {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => rng());
};

describe('createRng', () => {
  it('gives the same draws for the same seed and others for another', () => {
    expect(draws([1, 2, 3, 4], 100)).toEqual(draws([1, 2, 3, 4], 100));
    expect(draws([1, 2, 3, 4], 100)).not.toEqual(draws([1, 2, 3, 5], 100));
  });

  it('draws uniformly on [0, 1): chi-squared over 64 cells stays below the 99.9 % quantile', () => {
    const counts = new Array<number>(64).fill(0);
    const n = 64_000;
    for (const u of draws([9, 8, 7, 6], n)) counts[Math.floor(u * 64)]! += 1;
    const chiSquared = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    // R 4.3: qchisq(0.999, 63)
    expect(chiSquared).toBeLessThan(103.4424);
  });
});

describe('uniformInteger', () => {
  it('reaches both ends of the closed range and nothing beyond', () => {
    const rng = createRng([1, 1, 1, 1]);
    const seen = new Set(Array.from({ length: 1_000 }, () => uniformInteger(rng, 3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5, 6]);
  });

  it('answers the low end of an empty range', () => {
    expect(uniformInteger(() => 0.9, 5, 4)).toBe(5);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { unitsOfRetry } from './failure-kind.js';
import { partOfQuota, partOfWindow } from './retry-budget.js';

describe('partOfQuota', () => {
  const partsOf = (left: number, replicas: number, window: number) =>
    Array.from({ length: replicas }, (_, rank) =>
      partOfQuota(left, { fromSecond: window * 60, windowSeconds: 60 }, { replicas, rank }),
    );

  it('shares what is left in whole retries, as evenly as can be, never more than there is', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 12 }), fc.nat(10_000), (left, replicas, window) => {
        const parts = partsOf(left, replicas, window);
        expect(parts.reduce((total, part) => total + part, 0)).toBe(left);
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
        expect(parts.every(Number.isInteger)).toBe(true);
      }),
    );
  });

  it('gives few to each in turn', () => {
    expect([partsOf(3, 3, 0), partsOf(2, 3, 0), partsOf(2, 3, 1)]).toEqual([
      [1, 1, 1],
      [1, 1, 0],
      [1, 0, 1],
    ]);
  });
});

describe('partOfWindow', () => {
  const partsOf = (left: number, replicas: number, window: number) =>
    Array.from({ length: replicas }, (_, rank) =>
      partOfWindow(left, { fromSecond: window * 5, windowSeconds: 5 }, { replicas, rank }),
    );
  const someLeft = fc.double({ min: 0, max: 120, noNaN: true });
  const someReplicas = fc.integer({ min: 1, max: 40 });

  it('shares what is left among all, never more than there is', () => {
    fc.assert(
      fc.property(someLeft, someReplicas, fc.nat(10_000), (left, replicas, window) => {
        const parts = partsOf(left, replicas, window);
        expect(parts.reduce((total, part) => total + part, 0)).toBeCloseTo(left, 9);
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('leaves room for a retry after a timeout in some part, as long as there is any', () => {
    fc.assert(
      fc.property(someLeft, someReplicas, fc.nat(10_000), (left, replicas, window) => {
        const mostInAPart = Math.max(...partsOf(left, replicas, window));
        expect(mostInAPart >= unitsOfRetry('timeout')).toBe(left >= unitsOfRetry('timeout'));
      }),
    );
  });

  it('gives little to each in turn', () => {
    expect([partsOf(7, 3, 0), partsOf(7, 3, 1), partsOf(2, 3, 2)]).toEqual([
      [3, 3, 1],
      [3, 1, 3],
      [0, 2, 0],
    ]);
  });
});

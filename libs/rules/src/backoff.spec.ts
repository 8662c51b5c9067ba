import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { somePolicy } from '@smart-retry/domain/testing';
import { backoffDelayMs } from './backoff.js';

describe('backoffDelayMs', () => {
  it('doubles from the base up to the cap', () => {
    const policy = somePolicy({ baseDelayMs: 5_000, maxDelayMs: 60_000 });
    expect([1, 2, 3, 4, 5, 6].map((n) => backoffDelayMs(policy, n))).toEqual([
      5_000, 10_000, 20_000, 40_000, 60_000, 60_000,
    ]);
  });

  it('stays a whole number within the cap for any attempt and multiplier', () => {
    const sizes = { baseDelayMs: fc.nat(1e9), extraMs: fc.nat(1e9) };
    fc.assert(
      fc.property(
        fc.record({ ...sizes, multiplier: fc.double({ min: 1e-9, max: 1e9, noNaN: true }) }),
        fc.integer({ min: 1, max: 1_000_000 }),
        ({ baseDelayMs, extraMs, multiplier }, attemptNumber) => {
          const policy = somePolicy({ baseDelayMs, maxDelayMs: baseDelayMs + extraMs, backoffMultiplier: multiplier });
          const delayMs = backoffDelayMs(policy, attemptNumber);
          expect(Number.isSafeInteger(delayMs)).toBe(true);
          expect(delayMs).toBeGreaterThanOrEqual(0);
          expect(delayMs).toBeLessThanOrEqual(policy.maxDelayMs);
        },
      ),
    );
  });
});

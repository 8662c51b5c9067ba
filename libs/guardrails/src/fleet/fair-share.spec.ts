import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { largestFairShare } from './fair-share.js';

describe('largestFairShare', () => {
  it('leaves a tenth to whoever comes', () => {
    expect(largestFairShare([100])).toBeCloseTo(0.9);
  });

  it('is what others leave of the budget, with twice what they ask for', () => {
    expect(largestFairShare([0.1, 100])).toBeCloseTo(0.7);
  });

  it('is an equal part among those that all ask for much', () => {
    expect(largestFairShare([5, 8, 100])).toBeCloseTo(0.3);
  });

  it('is never less than an equal part, and leaves everybody who asks for less twice what it asks for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (demands) => {
          const share = largestFairShare(demands);
          expect(share).toBeGreaterThanOrEqual(0.9 / demands.length - 1e-9);
          const taken = demands.reduce((sum, demand) => sum + Math.min(share, 2 * demand), 0);
          expect(taken).toBeLessThanOrEqual(0.9 + 1e-6);
        },
      ),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstPace, nextPace, roundPace, type PacedOutcome } from './throttle-pace.js';

describe('nextPace', () => {
  /** Where it settles when a limit lets so many retries pass in a second, and turns away what is beyond. */
  const settled = (limitPerSecond: number, fromPerSecond: number) => {
    let pace = fromPerSecond;
    for (let i = 0, passing = 0; i < 3_000; i++) {
      passing += Math.min(1, limitPerSecond / pace);
      const outcome: PacedOutcome = passing >= 1 ? 'passed' : 'throttled';
      if (outcome === 'passed') passing -= 1;
      pace = nextPace(pace, outcome, 1);
    }
    return pace;
  };

  it.each([0.25, 0.5, 1])('settles where two retries of three pass of a limit of %d a second', (limit) => {
    expect(settled(limit, 0.05)).toBeCloseTo(1.5 * limit, 0);
    expect(settled(limit, 2)).toBeCloseTo(1.5 * limit, 0);
  });

  it('is never slower than one retry in twenty seconds or a quarter of the first tries, nor faster than twice the first tries or 2.5 a second', () => {
    const outcomes = fc.array(fc.constantFrom('passed' as const, 'throttled' as const), { maxLength: 500 });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1_000, noNaN: true }), outcomes, (firstTries, all) => {
        const pace = all.reduce((now, outcome) => nextPace(now, outcome, firstTries), firstPace(firstTries));
        expect(pace).toBeGreaterThanOrEqual(Math.max(0.05, 0.25 * firstTries));
        expect(pace).toBeLessThanOrEqual(Math.max(2.5, 2 * firstTries));
      }),
    );
  });

  it('is used in steps, none further than 4 % from what was learned', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 1_000, noNaN: true }), (pace) => {
        expect(Math.abs(Math.log(roundPace(pace) / pace))).toBeLessThan(0.04);
        expect(roundPace(roundPace(pace))).toBeCloseTo(roundPace(pace), 9);
      }),
    );
  });
});

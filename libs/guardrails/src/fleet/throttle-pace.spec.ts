import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstPace, nextPace, pacedOutcome, paceInUse, roundPace, type PacedOutcome } from './throttle-pace.js';

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

describe('paceInUse', () => {
  it('lets a line through within three minutes, however slow the pace was learned to be', () => {
    expect(paceInUse(0.1, 180, 0.2)).toBe(1);
  });

  it('control: is what was learned where few wait', () => {
    expect(paceInUse(1, 60, 0.2)).toBe(1);
  });

  it('is never faster for a line than a pace may be', () => {
    expect(paceInUse(0.1, 100_000, 0.2)).toBe(roundPace(2.5));
    expect(paceInUse(0.1, 100_000, 10)).toBe(roundPace(20));
  });
});

describe('pacedOutcome', () => {
  it('is of no use where a retry passed within half a minute of a first try that was turned away, or failed for another reason', () => {
    expect([29_999, 30_000, Infinity].map((sinceMs) => pacedOutcome(null, sinceMs))).toEqual([
      null,
      'passed',
      'passed',
    ]);
    expect([0, Infinity].map((sinceMs) => pacedOutcome('throttled', sinceMs))).toEqual(['throttled', 'throttled']);
    expect(pacedOutcome('timeout', Infinity)).toBeNull();
  });

  /**
   * The pace after ten windows of twenty seconds, each with room for twenty calls: retries come when one opens, and more first
   * tries than it has room for in the rest of it.
   */
  const afterBurst = (says: (isPassed: boolean, sinceFirstTriesMs: number) => PacedOutcome | null) => {
    let pace = 0.5;
    for (let window = 0; window < 10; window++) {
      const retries = Math.round(20 * pace);
      for (let i = 0; i < retries; i++) {
        const outcome = says(i < 20, 1_000);
        if (outcome !== null) pace = nextPace(pace, outcome, 0.5);
      }
    }
    return pace;
  };

  it('is not faster after retries have passed before first tries that then found no place', () => {
    const pace = afterBurst((isPassed, sinceMs) => pacedOutcome(isPassed ? null : 'throttled', sinceMs));
    expect(pace).toBe(0.5);
  });

  it('control: takes the place of most of them where each retry that passes makes it faster', () => {
    expect(afterBurst((isPassed) => (isPassed ? 'passed' : 'throttled'))).toBeGreaterThan(0.75);
  });
});

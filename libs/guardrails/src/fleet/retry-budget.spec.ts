import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { unitsOfRetry } from './failure-kind.js';
import { budgetOf, leftInWindow, unitsPerWindow, windowStart, type BudgetTerms } from './retry-budget.js';
import { roundPace } from './throttle-pace.js';

/** Of a dependency that never comes out of trouble. */
const budget = (firstTriesPerSecond: number, percent = 20) =>
  budgetOf({
    firstTriesPerSecond,
    percent,
    retriesSucceededPerSecond: 0,
    retryTimeRatio: 1,
    maxGrowth: 5,
    releasedAtMs: null,
    troubledAtMs: Number.POSITIVE_INFINITY,
    pacePerSecond: null,
  });
const EMPTY = { before: 0, here: 0, after: 0 };

describe('budgetOf', () => {
  it('is its share of first tries, of which an ordinary one costs two units', () => {
    expect(budget(100)).toMatchObject({ unitsPerSecond: 40, windowSeconds: 1 });
    expect(budget(5)).toMatchObject({ unitsPerSecond: 2, windowSeconds: 2 });
  });

  it('is as much smaller as retries take longer than first tries', () => {
    const terms = {
      firstTriesPerSecond: 100,
      percent: 20,
      retriesSucceededPerSecond: 0,
      maxGrowth: 1,
      releasedAtMs: null,
      troubledAtMs: null,
      pacePerSecond: null,
    };
    expect([1, 4, 1_000].map((retryTimeRatio) => budgetOf({ ...terms, retryTimeRatio }).unitsPerSecond)).toEqual([
      40, 10, 0.5,
    ]);
  });

  it('never falls below fifteen ordinary retries a minute, so that recovery is found at low traffic', () => {
    expect(budget(0.01)).toMatchObject({ unitsPerSecond: 0.5, windowSeconds: 10 });
    expect(budget(100, 0)).toMatchObject({ unitsPerSecond: 0.5 });
  });

  it('hopes for growth after trouble by how long that has lasted, where nobody finds out on the way', () => {
    const perSecond = (troubleLastedMs: number, laterSeconds: number, troubledAtMs: number | null = 1_000_000) => {
      const rates = { firstTriesPerSecond: 100, retriesSucceededPerSecond: 0, retryTimeRatio: 1, pacePerSecond: null };
      const terms = { ...rates, percent: 20, maxGrowth: 5 };
      const trouble = { troubledAtMs, troubleLastedMs, releasedAtMs: null };
      return unitsPerWindow(budgetOf({ ...terms, ...trouble }), 1_000 + laterSeconds);
    };
    expect([0, 100_000, 300_000, 1e9].map((lastedMs) => Math.round(perSecond(lastedMs, 100)))).toEqual([
      200, 120, 80, 40,
    ]);
    expect(perSecond(100_000, 0)).toBe(40);
    expect(perSecond(100_000, 0, null)).toBe(200);
  });

  it('is let go little by little after an outage, and grows while all goes well', () => {
    const terms = {
      firstTriesPerSecond: 100,
      percent: 20,
      retriesSucceededPerSecond: 0,
      retryTimeRatio: 1,
      maxGrowth: 5,
      releasedAtMs: 1_000_000,
      troubledAtMs: 1_000_000,
      pacePerSecond: null,
    };
    const free = [1_000, 1_005, 1_010, 1_015, 1_020, 2_000].map((second) =>
      Math.round(leftInWindow(budgetOf(terms), second, EMPTY)),
    );
    expect(free).toEqual([13, 23, 43, 83, 163, 203]);
  });

  it('gives a quiet dependency its floor at once after an outage', () => {
    const terms = {
      percent: 20,
      retriesSucceededPerSecond: 0,
      retryTimeRatio: 1,
      maxGrowth: 1.25,
      releasedAtMs: 1_000_000,
      troubledAtMs: 1_000_000,
      pacePerSecond: null,
    };
    const perSecond = (second: number) => unitsPerWindow(budgetOf({ ...terms, firstTriesPerSecond: 1 }), second) / 10;
    expect([1_000, 1_005, 1_010, 1_020].map(perSecond)).toEqual([0.5, 1, 2, 2.5]);
  });

  it('makes room for one retry more for each that came through, up to as many as there are first tries, unless it may not grow', () => {
    const terms = {
      firstTriesPerSecond: 100,
      percent: 20,
      retryTimeRatio: 1,
      pacePerSecond: null,
      troubledAtMs: Number.POSITIVE_INFINITY,
    };
    const perSecond = (
      retriesSucceededPerSecond: number,
      maxGrowth: number,
      releasedAtMs: number | null = null,
      changes: Partial<BudgetTerms> = {},
    ) =>
      unitsPerWindow(
        budgetOf({
          ...terms,
          retriesSucceededPerSecond,
          maxGrowth,
          releasedAtMs,
          ...changes,
        }),
        1_000,
      );
    const calm = { troubledAtMs: null };
    // As many as there are first tries, growth included; or what the share alone grows to.
    expect([0, 15, 1_000].map((succeeded) => perSecond(succeeded, 1.25, null, calm))).toEqual([50, 87.5, 200]);
    expect(perSecond(15, 6, null, calm)).toBe(240);
    const none = { percent: 0 };
    expect(perSecond(15, 1.25, null, none)).toBe(perSecond(0, 1.25, null, none));
    expect([0, 15, 1_000].map((succeeded) => perSecond(succeeded, 1.25))).toEqual([40, 70, 200]);
    expect(perSecond(15, 1)).toBe(40);
    expect(perSecond(15, 1.25, 1_000_000)).toBe(70 / 4);
  });

  it('grows to 75 ordinary retries a minute whatever its share is, unless it may not grow at all', () => {
    const terms = {
      percent: 20,
      retriesSucceededPerSecond: 0,
      retryTimeRatio: 1,
      releasedAtMs: null,
      troubledAtMs: 1_000_000,
      pacePerSecond: null,
    };
    const perSecond = (firstTriesPerSecond: number, maxGrowth: number) => {
      const of = budgetOf({ ...terms, firstTriesPerSecond, maxGrowth });
      return unitsPerWindow(of, 2_000) / of.windowSeconds;
    };
    expect([perSecond(1, 1.25), perSecond(100, 1.25), perSecond(1, 1)]).toEqual([2.5, 50, 0.5]);
    const overrun = (firstTriesPerSecond: number, changes = {}) => {
      const of = budgetOf({ ...terms, firstTriesPerSecond, maxGrowth: 1.25, isOverrun: true, ...changes });
      return unitsPerWindow(of, 2_000) / of.windowSeconds;
    };
    // As many retries as first tries where it came down under more, and what may be at any time.
    expect([0.1, 1, 2, 100].map((rate) => overrun(rate))).toEqual([0.5, 2, 2.5, 50]);
    expect([overrun(0.3, { retriesSucceededPerSecond: 1 }), overrun(10, { percent: 100, maxGrowth: 5 })]).toEqual([
      0.6, 20,
    ]);
  });

  it('holds no more than the pace of a dependency that throttles, where the control holds all of its share', () => {
    const terms = {
      firstTriesPerSecond: 100,
      percent: 20,
      retriesSucceededPerSecond: 0,
      retryTimeRatio: 1,
      maxGrowth: 1.25,
      releasedAtMs: null,
      troubledAtMs: null,
    };
    const perSecond = (pacePerSecond: number | null) => {
      const of = budgetOf({ ...terms, pacePerSecond });
      return unitsPerWindow(of, 2_000) / of.windowSeconds;
    };
    expect([perSecond(0.3), perSecond(4), perSecond(1_000), perSecond(null)]).toEqual([0.3, 4, 50, 50]);
  });

  describe('at a slow pace', () => {
    const paced = (pacePerSecond: number, firstTriesPerSecond = 1) =>
      budgetOf({
        firstTriesPerSecond,
        percent: 20,
        retriesSucceededPerSecond: 0,
        retryTimeRatio: 1,
        maxGrowth: 1.25,
        releasedAtMs: null,
        troubledAtMs: null,
        pacePerSecond,
      });

    it('lets one retry go in twenty seconds', () => {
      const left = (before: number) => leftInWindow(paced(0.05), 2_010, { before, here: 0, after: 0 });
      expect([paced(0.05).windowSeconds, left(0), left(1.5), left(3)]).toEqual([30, 3, 1.5, 0]);
    });

    it('has room for a retry after a failure of any kind where nothing is booked, however slow it is', () => {
      fc.assert(
        fc.property(
          fc.double({ min: 0, max: 5, noNaN: true }),
          fc.double({ min: 0.01, max: 5, noNaN: true }),
          (pace, firstTries) => {
            const of = paced(roundPace(Math.max(1e-9, pace)), firstTries);
            expect(leftInWindow(of, windowStart(2_000, of), EMPTY)).toBeGreaterThanOrEqual(unitsOfRetry('timeout'));
          },
        ),
      );
    });

    it('control: in windows of ten seconds it has room for none, ever, once it has been rounded down', () => {
      const of = { ...paced(0.05), windowSeconds: 10, pacedUnitsPerSecond: roundPace(0.05) };
      expect(leftInWindow(of, 2_000, EMPTY)).toBeLessThan(unitsOfRetry('throttled'));
    });
  });

  it('control: in trouble it does not grow', () => {
    const terms = {
      firstTriesPerSecond: 100,
      percent: 20,
      retriesSucceededPerSecond: 0,
      retryTimeRatio: 1,
      maxGrowth: 5,
      releasedAtMs: null,
      troubledAtMs: Number.POSITIVE_INFINITY,
      pacePerSecond: null,
    };
    expect([1_000, 2_000].map((second) => leftInWindow(budgetOf(terms), second, EMPTY))).toEqual([43, 43]);
  });
});

describe('leftInWindow', () => {
  it('holds the budget over any run of windows, but for the retry that one may lend to the next', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 200, noNaN: true }),
        fc.array(fc.tuple(fc.nat(59), fc.constantFrom(1, 2, 3)), { maxLength: 400 }),
        (perSecond, wishes) => {
          const limited = budget(perSecond);
          const { windowSeconds: width, unitsPerSecond } = limited;
          const booked = new Map<number, number>();
          const at = (from: number) => booked.get(from) ?? 0;
          for (const [second, units] of wishes) {
            const from = windowStart(second, limited);
            const around = { before: at(from - width), here: at(from), after: at(from + width) };
            if (leftInWindow(limited, from, around) >= units) booked.set(from, at(from) + units);
          }
          for (let first = 0; first < 60; first += width) {
            let units = 0;
            for (let from = first; from < 60; from += width) {
              units += at(from);
              expect(units).toBeLessThanOrEqual(unitsPerSecond * (from + width - first) + 3 + 1e-9);
            }
          }
        },
      ),
    );
  });
});

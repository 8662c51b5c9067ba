import { describe, expect, it } from '@jest/globals';
import { createRng, noDecisions, type ArmTotals } from '@smart-retry/domain';
import { differenceOf, successRateOf, utilityOf } from './arm-estimate.js';

const EMPTY = noDecisions('v1');

/** Sums over jobs of (decisions, utility). */
function totalsOf(jobs: readonly (readonly [m: number, u: number])[]): ArmTotals {
  const sum = (of: (m: number, u: number) => number) => jobs.reduce((total, [m, u]) => total + of(m, u), 0);
  return {
    ...EMPTY,
    jobs: jobs.length,
    decisions: sum((m) => m),
    utility: sum((_, u) => u),
    utilitySquares: sum((_, u) => u * u),
    utilityDecisions: sum((m, u) => m * u),
    decisionSquares: sum((m) => m * m),
  };
}

describe('estimates of an arm', () => {
  it('say nothing of what is not known', () => {
    expect(successRateOf(EMPTY)).toBeNull();
    expect(utilityOf(totalsOf([[1, 1]]))).toBeNull();
    expect(differenceOf(EMPTY, undefined)).toBeNull();
  });

  it('give the success rate with an interval that holds it, also at both ends', () => {
    // R 4.2: prop.test(80, 100, correct = FALSE)$conf.int
    const { interval } = successRateOf({ ...EMPTY, attempts: 100, successes: 80 }) ?? { interval: [0, 0] };
    expect(interval[0]).toBeCloseTo(0.7112, 3);
    expect(interval[1]).toBeCloseTo(0.8666, 3);
    expect(successRateOf({ ...EMPTY, attempts: 10, successes: 10 })?.interval[1]).toBe(1);
    expect(successRateOf({ ...EMPTY, attempts: 10, successes: 0 })?.interval[0]).toBe(0);
  });

  it('cover the utility per decision of jobs whose decisions go together, in about 95 of 100 runs', () => {
    const rng = createRng([1, 2, 3, 4]);
    let covered = 0;
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const jobs = Array.from({ length: 200 }, () => {
        const m = 1 + Math.floor(4 * rng());
        return [m, m * (rng() < 0.5 ? 1 : 0)] as const;
      });
      const [lo, hi] = utilityOf(totalsOf(jobs))?.interval ?? [0, 0];
      if (lo <= 0.5 && 0.5 <= hi) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.91);
    expect(covered / runs).toBeLessThan(0.99);
  });

  it('tell two arms apart', () => {
    const good = totalsOf(Array.from({ length: 100 }, (_, i) => [1, i % 10 === 0 ? 0 : 1] as const));
    const bad = totalsOf(Array.from({ length: 100 }, (_, i) => [1, i % 2] as const));
    const difference = differenceOf(good, bad);
    expect(difference?.mean).toBeCloseTo(0.4, 9);
    expect(difference?.interval[0]).toBeGreaterThan(0.2);
  });
});

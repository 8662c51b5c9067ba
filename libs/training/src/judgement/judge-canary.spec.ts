import { describe, expect, it } from '@jest/globals';
import { createRng, type CanaryVerdict, type Rng } from '@smart-retry/domain';
import type { JudgedArm } from './arm-totals.js';
import { judgeCanary, MIN_JOBS } from './judge-canary.js';
import { normalCdf } from './normal-cdf.js';

const CANARY_SHARE = 0.1;
const LOOK_EVERY = 100;
/** How far the chances of jobs lie apart: correlations of 0.26 and of 0.09 between the decisions of one job. */
const STRONG = 0.25;
const USUAL = 0.15;

class Arm {
  readonly totals = {
    made: 0,
    jobs: 0,
    decisions: 0,
    utility: 0,
    utilitySquares: 0,
    utilityDecisions: 0,
    decisionSquares: 0,
    errors: 0,
    attempts: 0,
    meanTimeMs: 0,
  };

  /** One to three decisions of a job that share its chance of success: correlated, as attempts of one job are. */
  play(rng: Rng, { loss, spread }: { readonly loss: number; readonly spread: number }): void {
    const chance = 0.6 + (rng() < 0.5 ? -spread : spread) - loss;
    const decisions = 1 + Math.floor(rng() * 3);
    let utility = -0.03 * decisions;
    for (let i = 0; i < decisions; i++) if (rng() < chance) utility++;
    this.add(decisions, utility);
  }

  add(decisions: number, utility: number): void {
    this.totals.jobs += 1;
    this.totals.made += decisions;
    this.totals.decisions += decisions;
    this.totals.attempts += decisions;
    this.totals.utility += utility;
    this.totals.utilitySquares += utility * utility;
    this.totals.utilityDecisions += utility * decisions;
    this.totals.decisionSquares += decisions * decisions;
  }
}

/** Plays until the judge stops the canary, at most `limit` of its decisions; answers after how many, or null. */
function stoppedAfter(rng: Rng, options: { loss: number; spread: number; limit: number; judge: Judge }): number | null {
  const [canary, control] = [new Arm(), new Arm()];
  let nextLook = LOOK_EVERY;
  while (canary.totals.decisions < options.limit) {
    if (rng() < CANARY_SHARE) canary.play(rng, options);
    else control.play(rng, { ...options, loss: 0 });
    if (canary.totals.decisions < nextLook) continue;
    nextLook += LOOK_EVERY;
    if (options.judge(canary.totals, control.totals) === 'worse') return canary.totals.decisions;
  }
  return null;
}

type Judge = (canary: JudgedArm, control: JudgedArm) => CanaryVerdict;
const judged: Judge = (canary, control) => judgeCanary(canary, control).verdict;
/** Takes every decision for a job of its own. */
const naive: Judge = (canary, control) => {
  const asIndependent = (arm: JudgedArm): JudgedArm => {
    const mean = arm.utility / arm.decisions;
    // Utilities are 0.97 or −0.03: their squares follow from their mean.
    const squares = arm.decisions * ((mean + 0.03) * 0.97 ** 2 + (0.97 - mean) * 0.03 ** 2);
    const { decisions: n, utility } = arm;
    return { ...arm, jobs: n, utilitySquares: squares, utilityDecisions: utility, decisionSquares: n };
  };
  return judgeCanary(asIndependent(canary), asIndependent(control)).verdict;
};
/** Looks at a 95 % interval as often as at the test. */
const repeated: Judge = (canary, control) => {
  const { difference } = judgeCanary(canary, control);
  if (difference === null) return 'inconclusive';
  const variance = [canary, control].reduce((sum, arm) => {
    const mean = arm.utility / arm.decisions;
    const squares = arm.utilitySquares - 2 * mean * arm.utilityDecisions + mean ** 2 * arm.decisionSquares;
    return sum + squares / arm.decisions ** 2;
  }, 0);
  return difference < -1.96 * Math.sqrt(variance) ? 'worse' : 'inconclusive';
};

const play = (runs: number, options: Parameters<typeof stoppedAfter>[1]) =>
  Array.from({ length: runs }, (_, seed) => stoppedAfter(createRng([seed, 11, 12, 13]), options));
const shareStopped = (ends: readonly (number | null)[]) => ends.filter((end) => end !== null).length / ends.length;

describe('a canary that is as good as the rest', () => {
  it('is stopped in at most 2 % of 1,000 experiments, attempts of one job being correlated', () => {
    expect(shareStopped(play(1_000, { loss: 0, spread: STRONG, limit: 3_000, judge: judged }))).toBeLessThanOrEqual(
      0.02,
    );
  });

  it('is stopped more often where decisions are taken for independent, and far more by a repeated 95 % rule', () => {
    const options = { loss: 0, spread: STRONG, limit: 3_000 };
    const ours = shareStopped(play(300, { ...options, judge: judged }));
    expect(shareStopped(play(300, { ...options, judge: naive }))).toBeGreaterThan(ours);
    expect(shareStopped(play(100, { ...options, judge: repeated }))).toBeGreaterThan(0.1);
  });
});

describe('a canary that is worse by 5 points of success', () => {
  it('is stopped within 3,000 of its decisions in 95 % of runs, within 1,500 in the median', () => {
    const ends = play(200, { loss: 0.05, spread: USUAL, limit: 6_000, judge: judged }).map((end) => end ?? Infinity);
    ends.sort((a, b) => a - b);
    expect(ends[Math.floor(ends.length / 2)]).toBeLessThanOrEqual(1_500);
    expect(ends[Math.floor(0.95 * ends.length)]).toBeLessThanOrEqual(3_000);
  });
});

describe('judgeCanary', () => {
  const armOf = (jobs: number, utility: number, more: Partial<JudgedArm> = {}): JudgedArm => {
    const arm = new Arm();
    for (let i = 0; i < jobs; i++) arm.add(1, i % 10 < utility * 10 ? 1 : 0);
    return { ...arm.totals, ...more };
  };

  it('never takes too little for a success', () => {
    expect(judgeCanary(armOf(MIN_JOBS - 1, 1), armOf(10_000, 0.1))).toMatchObject({
      verdict: 'inconclusive',
      pWorse: 1,
    });
  });

  it('says better where it is', () => {
    expect(judgeCanary(armOf(2_000, 0.8), armOf(10_000, 0.5)).verdict).toBe('better');
  });

  it('stops at once what fails, retries too much or takes too long, before utility is looked at', () => {
    const control = armOf(1_000, 0.5, { meanTimeMs: 1_000 });
    const better = armOf(1_000, 0.9, { meanTimeMs: 1_000 });
    expect(judgeCanary(better, control).verdict).toBe('better');
    expect(judgeCanary({ ...better, errors: 20 }, control)).toMatchObject({
      verdict: 'worse',
      reason: 'the model failed in 20 of 1000 decisions',
    });
    expect(judgeCanary({ ...better, attempts: 1_600 }, control)).toMatchObject({
      verdict: 'worse',
      reason: '1.60 attempts per job against 1.00',
    });
    expect(judgeCanary({ ...better, meanTimeMs: 3_100 }, control).verdict).toBe('worse');
  });
});

describe('normalCdf', () => {
  it.each([
    // R 4.3: pnorm(c(-3, -1, 0, 0.5, 2))
    [-3, 0.001349898],
    [-1, 0.1586553],
    [0, 0.5],
    [0.5, 0.6914625],
    [2, 0.9772499],
  ])('of %d is %d', (x, expected) => {
    expect(normalCdf(x)).toBeCloseTo(expected, 6);
  });
});

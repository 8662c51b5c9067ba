import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { PlayedArm, spreadOf, stoppedAfter, type PlayedRamp } from '../testing/play-canary.js';
import type { JudgedArm } from './arm-totals.js';
import { judgeCanary, MIN_JOBS } from './judge-canary.js';
import { normalCdf } from './normal-cdf.js';
import { poolShares, type JudgedShare } from './pool-shares.js';

type Judge = PlayedRamp['judge'];
const judged: Judge = (shares) => judgeCanary(shares).verdict;
/** Takes every decision for a job of its own. */
const naive: Judge = (shares) => {
  const asIndependent = (arm: JudgedArm): JudgedArm => {
    const mean = arm.utility / arm.decisions;
    // Utilities are 0.97 or −0.03: their squares follow from their mean.
    const squares = arm.decisions * ((mean + 0.03) * 0.97 ** 2 + (0.97 - mean) * 0.03 ** 2);
    const { decisions: n, utility } = arm;
    return { ...arm, jobs: n, utilitySquares: squares, utilityDecisions: utility, decisionSquares: n };
  };
  const { canary, control } = shares[shares.length - 1] as JudgedShare;
  return judgeCanary([{ canary: asIndependent(canary), control: asIndependent(control) }]).verdict;
};
/** Looks at a 95 % interval as often as at the test. */
const repeated: Judge = (shares) => {
  const evidence = poolShares(shares, MIN_JOBS);
  if (evidence === null) return 'inconclusive';
  return evidence.difference < -1.96 * Math.sqrt(evidence.variance) ? 'worse' : 'inconclusive';
};

const STRONG = spreadOf(0.3);
const USUAL = spreadOf(0.09);
const TENTH = (decisions: number) => [{ share: 0.1, decisions }];
const RAMP = [0.1, 0.2, 0.35, 0.5].map((share) => ({ share, decisions: 1_000 }));

const play = (runs: number, ramp: PlayedRamp) =>
  Array.from({ length: runs }, (_, seed) => stoppedAfter(createRng([seed, 11, 12, 13]), ramp));
const shareStopped = (ends: readonly (number | null)[]) => ends.filter((end) => end !== null).length / ends.length;

describe('a canary that is as good as the rest', () => {
  it('is stopped in at most 2 % of 1,000 experiments, attempts of one job being correlated', () => {
    const ends = play(1_000, { loss: 0, spread: STRONG, shares: TENTH(3_000), judge: judged });
    expect(shareStopped(ends)).toBeLessThanOrEqual(0.02);
  });

  it('is stopped in at most 2 % of 500 ramps over four shares', () => {
    const ends = play(500, { loss: 0, spread: USUAL, shares: RAMP, judge: judged });
    expect(shareStopped(ends)).toBeLessThanOrEqual(0.02);
  });

  it('is stopped more often where decisions are taken for independent, and far more by a repeated 95 % rule', () => {
    const options = { loss: 0, spread: STRONG, shares: TENTH(3_000) };
    const ours = shareStopped(play(300, { ...options, judge: judged }));
    expect(shareStopped(play(300, { ...options, judge: naive }))).toBeGreaterThan(ours);
    expect(shareStopped(play(100, { ...options, judge: repeated }))).toBeGreaterThan(0.1);
  });
});

describe('a canary that is worse by 5 points of success', () => {
  it.each([
    ['usually', USUAL],
    ['strongly', STRONG],
  ])(
    'is stopped within 3,000 of its decisions in 95 %% of runs, within 1,500 in the median, jobs %s alike',
    (_, spread) => {
      const ends = play(400, { loss: 0.05, spread, shares: TENTH(6_000), judge: judged });
      const sorted = ends.map((end) => end ?? Infinity).sort((a, b) => a - b);
      expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(1_500);
      expect(sorted[Math.floor(0.95 * sorted.length)]).toBeLessThanOrEqual(3_000);
    },
  );
});

describe('judgeCanary', () => {
  const armOf = (jobs: number, utility: number, more: Partial<JudgedArm> = {}): JudgedArm => {
    const arm = new PlayedArm();
    for (let i = 0; i < jobs; i++) arm.add(1, i % 10 < utility * 10 ? 1 : 0);
    return { ...arm.totals, ...more };
  };

  const judge = (canary: JudgedArm, control: JudgedArm) => judgeCanary([{ canary, control }]);

  it('never takes too little for a success', () => {
    expect(judge(armOf(MIN_JOBS - 1, 1), armOf(10_000, 0.1))).toMatchObject({
      verdict: 'inconclusive',
      pWorse: 1,
    });
  });

  it('says better where it is', () => {
    expect(judge(armOf(2_000, 0.8), armOf(10_000, 0.5)).verdict).toBe('better');
  });

  it('never takes a better one for worse, however much is known', () => {
    for (const jobs of [2_000, 20_000, 200_000]) {
      expect(judge(armOf(jobs, 0.6), armOf(jobs, 0.5))).toMatchObject({ verdict: 'better', pWorse: 1 });
    }
  });

  it('stops at once what fails, retries too much or takes too long, before utility is looked at', () => {
    const control = armOf(1_000, 0.5, { meanTimeMs: 1_000 });
    const better = armOf(1_000, 0.9, { meanTimeMs: 1_000 });
    expect(judge(better, control).verdict).toBe('better');
    expect(judge({ ...better, errors: 20 }, control)).toMatchObject({
      verdict: 'worse',
      reason: 'the model failed in 20 of 1000 decisions',
    });
    expect(judge({ ...better, attempts: 1_600 }, control)).toMatchObject({
      verdict: 'worse',
      reason: '1.60 attempts per job against 1.00',
    });
    expect(judge({ ...better, meanTimeMs: 3_100 }, control).verdict).toBe('worse');
  });

  it('goes on from what earlier shares have shown, each compared within itself', () => {
    const [worse, usual] = [armOf(200, 0.5), armOf(4_000, 0.6)];
    const share = { canary: worse, control: usual };
    expect(judgeCanary([share]).verdict).toBe('inconclusive');
    expect(judgeCanary([share, share, share]).verdict).toBe('worse');
    // By day all do better, and by day the canary has more of the jobs: taken together it would look better.
    const byDay = { canary: armOf(4_000, 0.9), control: armOf(4_000, 0.9) };
    const finding = judgeCanary([{ canary: armOf(400, 0.4), control: armOf(4_000, 0.4) }, byDay]);
    expect(finding.difference).toBeCloseTo(0, 9);
  });

  it('starts again with too few jobs of a share without forgetting the others', () => {
    const few = { canary: armOf(MIN_JOBS - 1, 1), control: armOf(10_000, 0.1) };
    const worse = { canary: armOf(2_000, 0.4), control: armOf(10_000, 0.5) };
    expect(judgeCanary([worse, few])).toEqual(judgeCanary([worse]));
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

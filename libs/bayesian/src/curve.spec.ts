import { describe, expect, it } from '@jest/globals';
import { DELAY_BUCKETS } from '@smart-retry/domain';
import fc from 'fast-check';
import { BayesianMemory, FIRST_LOOK } from './bayesian-memory.js';
import { curveOf, type DelayCurve } from './curve.js';
import type { FailureContext } from './failure-context.js';

const NOW_MS = 1_700_000_000_000;
const KIND = { jobType: 'sync', errorClass: 'timeout' };
const FAILURE: FailureContext = { ...KIND, attemptNumber: 1, incidentAgeMs: 0 };

interface Taught {
  readonly delayMs: number;
  readonly success: boolean;
  readonly failure?: Partial<FailureContext>;
  readonly atMs?: number;
}

function curveFrom(taught: readonly Taught[], failure?: FailureContext, nowMs = NOW_MS): DelayCurve {
  const memory = new BayesianMemory({ maxCells: 1_000 });
  for (const { delayMs, success, failure: own, atMs = NOW_MS } of taught) {
    memory.learn({ context: { ...FAILURE, ...own }, delayMs, success, atMs });
  }
  const beliefs = memory.beliefsOf(FAILURE, nowMs);
  if (beliefs === null) throw new Error('too little was taught');
  return curveOf(beliefs, failure);
}

const repeat = (count: number, outcome: Taught) => Array.from({ length: count }, () => outcome);
const bucketAt = (curve: DelayCurve, label: string) => {
  const bucket = curve.buckets.find((candidate) => candidate.label === label);
  if (bucket === undefined) throw new Error(`no bucket ${label}`);
  return bucket;
};

describe('curveOf', () => {
  const outcomes = [
    ...repeat(30, { delayMs: 2_000, success: false }),
    ...repeat(10, { delayMs: 2_000, success: true }),
    ...repeat(40, { delayMs: 50_000, success: true }),
  ];

  it('has the eight buckets, and bins that divide them without a gap', () => {
    const { buckets, bins } = curveFrom(outcomes);
    expect(buckets.map(({ label, fromMs, toMs }) => ({ label, fromMs, toMs }))).toEqual(DELAY_BUCKETS);
    expect(bins[0]?.fromMs).toBe(0);
    expect(bins.at(-1)?.toMs).toBe(Number.POSITIVE_INFINITY);
    for (const [i, bin] of bins.slice(1).entries()) expect(bin.fromMs).toBe(bins[i]?.toMs);
    for (const { fromMs, toMs } of DELAY_BUCKETS) {
      expect(bins.some((bin) => bin.fromMs === fromMs)).toBe(true);
      expect(bins.some((bin) => bin.toMs === toMs)).toBe(true);
    }
  });

  it('shows what was seen, in the bucket where it was seen', () => {
    const curve = curveFrom(outcomes);
    expect(bucketAt(curve, '1-5s')).toMatchObject({ successes: 10, failures: 30 });
    expect(bucketAt(curve, '30-60s')).toMatchObject({ successes: 40, failures: 0 });
    expect(bucketAt(curve, '15m+')).toMatchObject({ successes: 0, failures: 0 });
  });

  /** The same, one as likely as another at any time. */
  const mixed = Array.from({ length: 10 }, () => [
    ...repeat(3, { delayMs: 2_000, success: false }),
    { delayMs: 2_000, success: true },
    ...repeat(4, { delayMs: 50_000, success: true }),
  ]).flat();
  const widthOf = ({ interval: [lo, hi] }: { readonly interval: readonly [number, number] }) => hi - lo;

  it('believes what was seen, with an interval around it that is wide where nothing was', () => {
    const curve = curveFrom(mixed);
    const [seen, unseen] = [bucketAt(curve, '1-5s'), bucketAt(curve, '15m+')];
    expect(seen.successProbability).toBeGreaterThan(0.2);
    expect(seen.successProbability).toBeLessThan(0.4);
    expect(bucketAt(curve, '30-60s').successProbability).toBeGreaterThan(0.9);
    expect(widthOf(seen)).toBeLessThan(0.3);
    expect(widthOf(unseen)).toBeGreaterThan(0.5);
  });

  it('is less sure of as many outcomes that came in runs, as those of one outage do', () => {
    const [inRuns, apart] = [bucketAt(curveFrom(outcomes), '1-5s'), bucketAt(curveFrom(mixed), '1-5s')];
    expect(inRuns.successProbability).toBeCloseTo(apart.successProbability, 12);
    expect(inRuns.evidence).toBeCloseTo(apart.evidence, 9);
    expect(widthOf(inRuns)).toBeGreaterThan(1.3 * widthOf(apart));
  });

  it('forgets half of what was seen within seven days', () => {
    const curve = curveFrom(outcomes, undefined, NOW_MS + 7 * 86_400_000);
    expect(bucketAt(curve, '30-60s').successes).toBeCloseTo(20, 6);
  });

  it('narrows to one attempt, age of the incident and tenant', () => {
    const later = { attemptNumber: 3, incidentAgeMs: 400_000 };
    const taught = [
      ...repeat(40, { delayMs: 2_000, success: true }),
      ...repeat(40, { delayMs: 2_000, success: false, failure: later }),
      ...repeat(9, { delayMs: 2_000, success: true, failure: { ...later, tenant: 't' } }),
    ];
    const chanceOf = (failure?: FailureContext) => bucketAt(curveFrom(taught, failure), '1-5s');
    expect(chanceOf()).toMatchObject({ successes: 49, failures: 40 });
    expect(chanceOf(FAILURE)).toMatchObject({ successes: 40, failures: 0 });
    expect(chanceOf({ ...FAILURE, ...later })).toMatchObject({ successes: 9, failures: 40 });
    expect(chanceOf({ ...FAILURE, ...later, tenant: 't' })).toMatchObject({ successes: 9, failures: 0 });
    expect(chanceOf({ ...FAILURE, ...later }).successProbability).toBeLessThan(chanceOf(FAILURE).successProbability);
  });

  it('holds every mean within its interval, and counts in a bucket what its bins count', () => {
    const outcome = fc.record({ delayMs: fc.integer({ min: 0, max: 8_000_000 }), success: fc.boolean() });
    fc.assert(
      fc.property(fc.array(outcome, { minLength: FIRST_LOOK, maxLength: 60 }), (taught) => {
        const { buckets, bins } = curveFrom(taught);
        for (const { successProbability, interval, evidence } of [...buckets, ...bins]) {
          expect(evidence).toBeGreaterThan(0);
          expect(interval[0]).toBeLessThanOrEqual(successProbability);
          expect(interval[1]).toBeGreaterThanOrEqual(successProbability);
        }
        for (const bucket of buckets) {
          const own = bins.filter((bin) => bin.fromMs >= bucket.fromMs && bin.toMs <= bucket.toMs);
          expect(bucket.successes + bucket.failures).toBeCloseTo(
            own.reduce((sum, bin) => sum + bin.successes + bin.failures, 0),
            6,
          );
          expect(own.some((bin) => bin.delayMs === bucket.delayMs)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('raises the mean of a bucket with each success there', () => {
    const label = '1-5s';
    let last = 0;
    for (let successes = 0; successes < 20; successes++) {
      const taught = [
        ...repeat(10, { delayMs: 2_000, success: false }),
        ...repeat(successes, { delayMs: 2_000, success: true }),
      ];
      const mean = bucketAt(curveFrom(taught), label).successProbability;
      expect(mean).toBeGreaterThan(last);
      last = mean;
    }
  });
});

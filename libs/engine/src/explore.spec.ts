import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, DELAY_BUCKETS, delayBucketIndex, type ExplorationPlan, type Proposal } from '@smart-retry/domain';
import { someFeatures, somePolicy, someStrategy, T0 } from '@smart-retry/domain/testing';
import { decide } from './decide.js';
import { drawDelay, explore, propensityOf } from './explore.js';
import type { Layer } from './layers.js';
import { restrictProposal } from './restrict-proposal.js';
import { LEARNED } from './testing/learned-proposal.js';
import { snapshotOf, taughtMemory } from './testing/taught.js';

const BEST: Proposal = { ...LEARNED, capMs: 1e9 };
/** Every action that can be executed: stop, and each bucket by its first delay. */
const ACTIONS = [null, ...DELAY_BUCKETS.map(({ fromMs }) => fromMs)];

const plan = fc
  .record({
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    raw: fc.array(fc.tuple(fc.option(fc.nat(3e6)), fc.double({ min: 0.01, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 19,
    }),
  })
  .map(({ share, raw }): ExplorationPlan => {
    const sum = raw.reduce((total, [, weight]) => total + weight, 0);
    return { share, actions: raw.map(([delayMs, weight]) => [delayMs, weight / sum]) };
  });
const surroundings = fc.record({
  isStop: fc.boolean(),
  delayMs: fc.nat(2e6),
  jitterRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  minDelayMs: fc.nat(100_000),
  extraMs: fc.nat(3e6),
  retryAfterMs: fc.option(fc.nat(4e6), { nil: undefined }),
  leftMs: fc.option(fc.integer({ min: 1, max: 4e6 }), { nil: undefined }),
  words: fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()),
});
type Surroundings = typeof surroundings extends fc.Arbitrary<infer T> ? T : never;

const SOMEWHERE: Surroundings = {
  isStop: false,
  delayMs: 12_000,
  jitterRatio: 0.1,
  minDelayMs: 0,
  extraMs: 300_000,
  retryAfterMs: undefined,
  leftMs: undefined,
  words: [1, 2, 3, 4],
};

const placeIn = ({ isStop, delayMs, jitterRatio, minDelayMs, extraMs, retryAfterMs, leftMs }: Surroundings) => {
  const best: Proposal = { ...BEST, action: isStop ? 'stop' : 'retry', delayMs, jitterRatio };
  const features = someFeatures({
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(leftMs !== undefined && { deadlineAtMs: T0 + leftMs }),
  });
  const policy = somePolicy();
  const strategy = someStrategy([policy], { minDelayMs, maxDelayMs: minDelayMs + extraMs });
  return { best, context: { features, policy, strategy, nowMs: T0 } };
};

describe('propensities', () => {
  it('sum to 1 over stop and the eight buckets, for any plan, hint, deadline and guardrails', () => {
    fc.assert(
      fc.property(plan, surroundings, (actions, around) => {
        const { best, context } = placeIn(around);
        const restricted = restrictProposal(best, context);
        const explored = explore(actions, best, context, createRng(around.words));
        const sum = (propensities: readonly number[]) => propensities.reduce((total, p) => total + p, 0);
        expect(sum(ACTIONS.map((action) => propensityOf(action, restricted, explored, context)))).toBeCloseTo(1, 9);
        expect(sum(ACTIONS.map((action) => propensityOf(action, restricted, null, context)))).toBeCloseTo(1, 9);
      }),
      { numRuns: 500 },
    );
  });

  it('are no more than 1 where weights that were rounded sum to more, and all that is tried comes to one bucket', () => {
    const { best, context } = placeIn(SOMEWHERE);
    const plan: ExplorationPlan = {
      share: 0.5,
      actions: [
        [best.delayMs, 0.500004],
        [best.delayMs, 0.5],
      ],
    };
    const action = DELAY_BUCKETS[delayBucketIndex(best.delayMs)]?.fromMs ?? 0;
    const explored = { plan, executed: null };
    expect(propensityOf(action, restrictProposal(best, context), explored, context)).toBe(1);
  });

  it('are above 0 for whatever is executed', () => {
    fc.assert(
      fc.property(plan, surroundings, (actions, around) => {
        const { best, context } = placeIn(around);
        const restricted = restrictProposal(best, context);
        const rng = createRng(around.words);
        const explored = explore(actions, best, context, rng);
        const executed = explored.executed?.restricted ?? restricted;
        const action = executed.kind === 'stop' ? null : drawDelay(executed.plan, rng);
        const propensity = propensityOf(action, restricted, explored, context);
        expect(propensity).toBeGreaterThan(0);
        expect(propensity).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('are how often an action is really taken', () => {
    const features = someFeatures({ incidentAgeMs: 0 });
    const strategy = { ...someStrategy(), exploration: { enabled: true, maxShare: 0.5, anchorShare: 0.2 } };
    const memory = taughtMemory({ outcomes: 60, isOverAfterMs: 15_000, features });
    const snapshot = snapshotOf(strategy, memory);
    const draws = 5_000;
    const taken = new Map<number, { count: number; propensity: number }>();
    for (let word = 0; word < draws; word++) {
      const { recommendation } = decide(features, snapshot, T0, createRng([word, 5, 6, 7]));
      const action = recommendation.decision === 'stop' ? -1 : delayBucketIndex(recommendation.delayMs);
      const entry = taken.get(action) ?? { count: 0, propensity: recommendation.propensity };
      expect(recommendation.propensity).toBeCloseTo(entry.propensity, 12);
      taken.set(action, { ...entry, count: entry.count + 1 });
    }
    expect(taken.size).toBeGreaterThan(4);
    for (const { count, propensity } of taken.values()) {
      const deviation = Math.sqrt((propensity * (1 - propensity)) / draws);
      // One rare event more or less is no deviation.
      expect(Math.abs(count / draws - propensity)).toBeLessThan(5 * deviation + 1.5 / draws);
    }
  });
});

describe('what is tried', () => {
  it('names the best action among its alternatives, stop included, where it is known what that is worth', () => {
    const tried: ExplorationPlan = { share: 1, actions: [[100_000, 1, 0.5, 10]] };
    const { context } = placeIn({ ...SOMEWHERE, retryAfterMs: undefined });
    const alternativesTo = (best: Proposal) =>
      explore(tried, best, context, createRng([1, 2, 3, 4])).executed?.proposal.alternatives;
    expect(alternativesTo({ ...BEST, value: 0.7 })).toMatchObject([
      { delayMs: 12_000, estimatedSuccess: 0.8, value: 0.7 },
    ]);
    expect(alternativesTo({ ...BEST, action: 'stop', delayMs: 0, value: 0 })).toMatchObject([
      { delayMs: null, value: 0 },
    ]);
    expect(alternativesTo({ ...BEST, delayMs: 100_000, value: 0.7 })).toEqual([]);
    expect(alternativesTo(BEST)).toEqual([]);
  });

  it('gives no chance beside the shown one, which is corrected by what came of earlier answers', () => {
    const layer: Layer = () => ({ ...BEST, exploration: { share: 1, actions: [[100_000, 1, 0.66, 10]] } });
    const hindsight = { correctionOf: () => ({ shift: -1, deviation: 0.5, precision: 4 }) };
    const memory = taughtMemory({ outcomes: 0, isOverAfterMs: 0, features: someFeatures() });
    const snapshot = { ...snapshotOf(someStrategy(), memory), learnedLayers: [layer], hindsight };
    const { recommendation } = decide(someFeatures(), snapshot, T0, createRng([1, 2, 3, 4]));
    expect(recommendation.reasons).toContain('exploration');
    expect(recommendation.estimatedSuccess).toBeCloseTo(0.42, 2);
    expect(recommendation.rationale).toMatch(/^Retry in [^:;%]+: tried to learn from it\.$/);
  });

  it('comes from the first learned layer that has an idea, and from none that may not speak', () => {
    const ofBayesian: Layer = () => ({
      ...BEST,
      exploration: { share: 1, actions: [[100_000, 1]] },
    });
    const ofModel: Layer = () => ({
      kind: 'abstention',
      layer: 'ml',
      reason: 'ml_no_model',
      exploration: { share: 1, actions: [[50_000, 1]] },
    });
    const ask = (learnedLayers: readonly Layer[], canAudit = true) => {
      const snapshot = { ...snapshotOf(someStrategy(), taughtMemory(NOTHING)), learnedLayers, canAudit };
      return decide(someFeatures(), snapshot, T0, createRng([1, 2, 3, 4])).recommendation;
    };
    const NOTHING = { outcomes: 0, isOverAfterMs: 0, features: someFeatures() };
    expect(ask([ofModel, ofBayesian]).delayMs).toBeLessThanOrEqual(55_000);
    expect(ask([ofBayesian]).delayMs).toBeGreaterThanOrEqual(90_000);
    // Where the answer could not be explained later, nothing is tried.
    expect(ask([ofBayesian], false)).toMatchObject({ method: 'rules', policyGuardrails: ['explainability'] });
  });
});

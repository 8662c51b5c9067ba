import { describe, expect, it } from '@jest/globals';
import { createRng, DEFAULT_LEARNING, type LearningSettings, type Strategy } from '@smart-retry/domain';
import { someFeatures, someStrategy, T0 } from '@smart-retry/domain/testing';
import { decide } from './decide.js';
import { planRetries } from './preview.js';
import { UNTAUGHT_LAYERS } from './layers.js';
import { snapshotOf, taughtMemory } from './testing/taught.js';

const FAILURE = someFeatures({ incidentAgeMs: 0 });
const memory = taughtMemory({ outcomes: 400, isOverAfterMs: 15_000, features: FAILURE });
const WORDS = Array.from({ length: 200 }, (_, word) => word);
/** Explores all the time, so that whatever does not explore is seen. */
const strategyWith = (learning: Partial<LearningSettings>): Strategy => ({
  ...someStrategy(),
  exploration: { enabled: true, maxShare: 0, anchorShare: 1 },
  learning: { ...DEFAULT_LEARNING, ...learning },
});
const decideAll = (
  learning: Partial<LearningSettings>,
  learnedLayers = snapshotOf(someStrategy(), memory).learnedLayers,
) =>
  WORDS.map((word) => {
    const snapshot = { ...snapshotOf(strategyWith(learning), memory), learnedLayers };
    return decide(FAILURE, snapshot, T0, createRng([word, 2, 3, 4]));
  });
const own = { jobType: FAILURE.jobType };

describe('modes of learning', () => {
  it('on: learned layers speak and explore', () => {
    const decisions = decideAll({});
    expect(decisions.every(({ recommendation }) => recommendation.reasons.includes('exploration'))).toBe(true);
    expect(decisions.every(({ recommendation }) => recommendation.method === 'bayesian')).toBe(true);
  });

  it.each<[string, Partial<LearningSettings>]>([
    ['observe', { mode: 'observe' }],
    ['observe for the job type', { jobTypes: [{ ...own, mode: 'observe' }] }],
  ])('%s: answers to the millisecond as rules alone would, and keeps what was learned as evidence', (_, learning) => {
    const untaught = decideAll(learning, UNTAUGHT_LAYERS);
    decideAll(learning).forEach(({ recommendation, evidence }, i) => {
      const { reasons, ...answer } = recommendation;
      expect(untaught[i]?.recommendation).toMatchObject(answer);
      expect(answer.method).toBe('rules');
      expect(reasons).toContain('learning_observed');
      expect(evidence.layers).toContainEqual(expect.objectContaining({ kind: 'proposal', layer: 'bayesian' }));
    });
  });

  it.each<[string, Partial<LearningSettings>]>([
    ['off', { mode: 'off' }],
    ['off for the job type', { jobTypes: [{ ...own, mode: 'off' }] }],
  ])('%s: learned layers are not even asked', (_, learning) => {
    for (const { recommendation, evidence } of decideAll(learning)) {
      expect(recommendation).toMatchObject({ method: 'rules', reasons: expect.arrayContaining(['learning_off']) });
      expect(evidence.layers.map(({ layer }) => layer)).toEqual(['rules']);
    }
  });

  it('pinned: what was known then speaks, and nothing is explored', () => {
    for (const { recommendation } of decideAll({ jobTypes: [{ ...own, pinnedAtMs: T0 }] })) {
      expect(recommendation.method).toBe('bayesian');
      expect(recommendation.reasons).not.toContain('exploration');
    }
  });

  it('pinned: does not fade with time, as what is not pinned does', () => {
    const yearMs = 365 * 86_400_000;
    const later = (learning: Partial<LearningSettings>) => {
      const snapshot = snapshotOf(strategyWith(learning), memory, { explores: false });
      return decide(FAILURE, snapshot, T0 + yearMs, createRng([1, 2, 3, 4])).recommendation;
    };
    const now = decideAll({ jobTypes: [{ ...own, pinnedAtMs: T0 }] })[1]?.recommendation;
    expect(later({ jobTypes: [{ ...own, pinnedAtMs: T0 }] }).estimatedSuccess).toBe(now?.estimatedSuccess);
    expect(later({}).estimatedSuccess).not.toBe(now?.estimatedSuccess);
  });
});

describe('a preview', () => {
  it('never explores, where every decision would', () => {
    const strategy = strategyWith({});
    const plan = planRetries(FAILURE, snapshotOf(strategy, memory, { explores: false }), T0, {
      maxAttempts: undefined,
      randomWord: () => 7,
    });
    expect(plan.recommendations.length).toBeGreaterThan(1);
    expect(plan.recommendations[0]?.method).toBe('bayesian');
    for (const { reasons } of plan.recommendations) expect(reasons).not.toContain('exploration');
  });
});

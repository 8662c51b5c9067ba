import { describe, expect, it } from '@jest/globals';
import { createRng, type DecisionRecord, type RetryFeatures, type Strategy } from '@smart-retry/domain';
import { someFeatures, someStrategy, T0 } from '@smart-retry/domain/testing';
import { decide } from './decide.js';
import { replayDecision } from './replay-decision.js';
import { snapshotOf, taughtMemory } from './testing/taught.js';

const FAILURE = someFeatures({ incidentAgeMs: 0 });
const memory = taughtMemory({ outcomes: 400, isOverAfterMs: 15_000, features: FAILURE });
const configurationOf = (strategy: Strategy) => snapshotOf(strategy, memory).configuration;

const record = (word: number, features: RetryFeatures, strategy = someStrategy()): DecisionRecord => {
  const rngSeed = [word, 2, 3, 4] as const;
  const decision = decide(features, snapshotOf(strategy, memory), features.failedAtMs ?? T0, createRng(rngSeed));
  const audited: DecisionRecord = { recommendationId: `r${word}`, decidedAtMs: T0, features, ...decision, rngSeed };
  // As it comes back from a store.
  return JSON.parse(JSON.stringify(audited));
};

describe('replayDecision', () => {
  it('gives the audited answer again, explored or not, though everything learned is gone', () => {
    const exploring = { ...someStrategy(), exploration: { enabled: true, maxShare: 0.4, anchorShare: 0.4 } };
    const records = Array.from({ length: 300 }, (_, word) => record(word, FAILURE, exploring));
    for (const audited of records) {
      const replayed = replayDecision(audited, configurationOf(exploring));
      expect(JSON.parse(JSON.stringify(replayed.recommendation))).toEqual(audited.recommendation);
      expect(JSON.parse(JSON.stringify(replayed.evidence))).toEqual(audited.evidence);
    }
    const explored = records.filter(({ recommendation }) => recommendation.reasons.includes('exploration'));
    expect(explored.length).toBeGreaterThan(50);
    expect(explored.length).toBeLessThan(250);
  });

  it.each<[string, Partial<RetryFeatures>]>([
    ['a failure that was reported late', { failedAtMs: T0 - 60_000, deadlineAtMs: T0 + 20_000 }],
    ['a hint', { retryAfterMs: 60_000 }],
    ['a validation error', { errorClass: 'validation' }],
    ['what only the rules know of', { errorClass: 'oom' }],
    ['a critical job', { critical: true }],
  ])('replays %s', (_, changes) => {
    for (let word = 0; word < 20; word++) {
      const audited = record(word, { ...FAILURE, ...changes });
      expect(replayDecision(audited, configurationOf(someStrategy())).recommendation).toEqual(audited.recommendation);
    }
  });

  it('replays what was only observed as the rules answered it', () => {
    const observing: Strategy = { ...someStrategy(), learning: { ...someStrategy().learning, mode: 'observe' } };
    const audited = record(1, FAILURE, observing);
    expect(audited.recommendation.method).toBe('rules');
    expect(replayDecision(audited, configurationOf(observing)).recommendation).toEqual(audited.recommendation);
  });

  it.each([
    ['', { shift: -1, deviation: 0.5 }],
    [' before corrections had deviations', { shift: -1, deviation: 0 }],
  ])(
    'shows again what was shown in hindsight%s, though nobody knows any more how the past had compared',
    (_, correction) => {
      const rngSeed = [1, 2, 3, 4] as const;
      const snapshot = { ...snapshotOf(someStrategy(), memory), hindsight: { correctionOf: () => correction } };
      const corrected = decide(FAILURE, snapshot, T0, createRng(rngSeed));
      const plain = decide(FAILURE, snapshotOf(someStrategy(), memory), T0, createRng(rngSeed));
      expect(corrected.recommendation.method).toBe('bayesian');
      expect(corrected.recommendation.estimatedSuccess).toBeLessThan(plain.recommendation.estimatedSuccess);
      // What is done does not depend on it.
      expect(corrected.recommendation.delayMs).toBe(plain.recommendation.delayMs);
      expect(corrected.recommendation.alternatives.map(({ value }) => value)).toEqual(
        plain.recommendation.alternatives.map(({ value }) => value),
      );
      const audited = { recommendationId: 'r', decidedAtMs: T0, features: FAILURE, ...corrected, rngSeed };
      const replayed = replayDecision(audited, configurationOf(someStrategy()));
      expect(replayed.recommendation).toEqual(corrected.recommendation);
      expect(replayed.evidence).toEqual(corrected.evidence);
    },
  );

  it('refuses a configuration of another revision: its answer would be another decision', () => {
    const other = { ...configurationOf(someStrategy()), revision: 8 };
    expect(() => replayDecision(record(1, FAILURE), other)).toThrow('revision 7');
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, type RetryFeatures, type Strategy } from '@smart-retry/domain';
import { someFeatures, somePolicy, someStrategy, T0 } from '@smart-retry/domain/testing';
import type { BayesianMemory } from '@smart-retry/bayesian';
import { decide } from './decide.js';
import type { DecisionSnapshot } from './decision-snapshot.js';
import { snapshotOf, taughtMemory, teach } from './testing/taught.js';

const FAILURE = someFeatures({ incidentAgeMs: 0 });
/** Timeouts are over after 15 s. */
const memory = taughtMemory({ outcomes: 400, isOverAfterMs: 15_000, features: FAILURE });
const never = taughtMemory({ outcomes: 4_000, isOverAfterMs: Number.POSITIVE_INFINITY, features: FAILURE });

const decideWith = (
  features: Partial<RetryFeatures> = {},
  strategy: Strategy = someStrategy(),
  changes: Partial<DecisionSnapshot> = {},
  { knowledge = memory, word = 1 } = {},
) => decide({ ...FAILURE, ...features }, snapshotOf(strategy, knowledge, changes), T0, createRng([word, 2, 3, 4]));

const answer = (...question: Parameters<typeof decideWith>) => decideWith(...question).recommendation;

const QUIET = { explores: false };
const manyAnswers = (features: Partial<RetryFeatures>, strategy?: Strategy, knowledge = memory) =>
  Array.from({ length: 300 }, (_, word) => answer(features, strategy, {}, { knowledge, word }));

describe('the bayesian layer', () => {
  it('waits as long as it has learned that it takes, and says so in one sentence with the numbers seen', () => {
    const recommendation = answer({}, undefined, QUIET);
    expect(recommendation).toMatchObject({ method: 'bayesian', decision: 'retry', policy: 'service_unavailable' });
    expect(recommendation.delayMs).toBeGreaterThanOrEqual(13_500);
    expect(recommendation.delayMs).toBeLessThan(66_000);
    expect(recommendation.confidence).toBeGreaterThanOrEqual(0.7);
    expect(recommendation.rationale).toMatch(
      /^Retry in .+: waiting .+ is worth 0\.\d+, .+ 0\.\d+(, but has less to teach)?; \d+ of \d+ retries of email_send that waited (15-30s|30-60s) after timeout succeeded\.$/,
    );
    expect(recommendation.alternatives.length).toBeGreaterThan(0);
    for (const { value, whyNot } of recommendation.alternatives) expect([typeof value, whyNot]).not.toContain('');
  });

  it('says why another wait was not chosen: worth less in digits that show it, or with less to teach', () => {
    const answers = Array.from({ length: 100 }, (_, i) => {
      const knowledge = taughtMemory({ outcomes: 60 + 7 * i, isOverAfterMs: 900 * (1 + (i % 30)), features: FAILURE });
      return answer({}, { ...someStrategy(), bayesianThreshold: 0 }, {}, { knowledge });
    }).filter(({ reasons }) => reasons.includes('worth_most'));
    const more = answers.filter(({ alternatives: [other] }) => other?.whyNot.startsWith('worth more') === true);
    expect(more.length).toBeGreaterThan(0);
    for (const { rationale } of more) expect(rationale).toContain(', but has less to teach; ');
    for (const { rationale } of answers.filter((other) => !more.includes(other)))
      expect(rationale).not.toContain('teach');
    const all = answers.flatMap(({ alternatives }) => alternatives.map(({ whyNot }) => whyNot));
    expect(all.filter((whyNot) => /^worth (\S+), less than \1$/.test(whyNot))).toEqual([]);
  });

  it('leaves to the rules what it knows nothing of, and what it is not sure of', () => {
    expect(answer({ errorClass: 'oom' }, undefined, QUIET)).toMatchObject({
      method: 'rules',
      reasons: expect.arrayContaining(['bayesian_no_posterior']),
    });
    expect(answer({}, { ...someStrategy(), bayesianThreshold: 1.1 }, QUIET)).toMatchObject({
      method: 'rules',
      reasons: expect.arrayContaining(['bayesian_unsure']),
    });
  });

  it('stops where no retry is worth its cost', () => {
    const critical = { critical: true };
    expect(answer(critical, someStrategy(), {}, { knowledge: never })).toMatchObject({
      decision: 'stop',
      method: 'bayesian',
      reasons: expect.arrayContaining(['not_worth_its_cost']),
    });
  });

  describe('late in an incident in which nothing succeeds', () => {
    /** With one attempt left: nothing is hoped for beyond. */
    const late = { incidentAgeMs: 3_600_000, attemptNumber: 4, critical: true };
    const fiveAttempts = { ...someStrategy(), learnedMaxAttempts: 5 };
    const saysOf = (
      knowledge: BayesianMemory,
      strategy: Strategy = fiveAttempts,
      features: Partial<RetryFeatures> = late,
    ) => decideWith(features, strategy, QUIET, { knowledge }).evidence.layers.find(({ layer }) => layer === 'bayesian');
    /** Retries at the beginning of an incident succeed, or do not; an hour later none does. */
    const learned = (isRecoverable: boolean) => {
      const isOverAfterMs = isRecoverable ? 0 : Number.POSITIVE_INFINITY;
      const knowledge = taughtMemory({ outcomes: 400, isOverAfterMs, features: FAILURE });
      teach(knowledge, { outcomes: 4_000, isOverAfterMs: Number.POSITIVE_INFINITY, features: { ...FAILURE, ...late } });
      return knowledge;
    };

    it('gives up, and says what it expects once the dependency is back, where that is worth a retry', () => {
      const stop = saysOf(learned(true));
      expect(stop).toMatchObject({ action: 'stop', estimate: { successProbability: 0 } });
      expect(stop?.onceBack?.successProbability).toBeGreaterThan(0.5);
      expect(saysOf(learned(false))).toMatchObject({ action: 'stop' });
      expect(saysOf(learned(false))?.onceBack).toBeUndefined();
    });

    it('says so, too, where it is not sure enough to go on and the rules stop', () => {
      const strategy = { ...someStrategy(), bayesianThreshold: 1.1, learnedMaxAttempts: 12 };
      const unsure = (attemptNumber: number) => saysOf(learned(true), strategy, { ...late, attemptNumber });
      expect(unsure(7)?.onceBack?.successProbability).toBeGreaterThan(0.3);
      expect(unsure(1)).toMatchObject({ kind: 'abstention', reason: 'bayesian_unsure' });
      expect(unsure(1)?.onceBack).toBeUndefined();
    });
  });

  it('never learns a validation error into a retry, though 500 retries of it succeeded', () => {
    const validation = { errorClass: 'validation', jobType: 'form' };
    const knowledge = taughtMemory({ outcomes: 500, isOverAfterMs: 0, features: { ...FAILURE, ...validation } });
    const catchAll = someStrategy([...someStrategy().policies, somePolicy({ priority: 999 })]);
    for (const recommendation of manyAnswers(validation, catchAll, knowledge)) {
      expect(recommendation).toMatchObject({ decision: 'stop', method: 'guardrails', propensity: 1 });
    }
    // The same lessons do speak for a class that is not a validation error.
    const other = { errorClass: 'timeout', jobType: 'form' };
    const taught = taughtMemory({ outcomes: 500, isOverAfterMs: 0, features: { ...FAILURE, ...other } });
    expect(answer(other, catchAll, QUIET, { knowledge: taught })).toMatchObject({
      decision: 'retry',
      method: 'bayesian',
    });
  });

  it('obeys a hint that is longer than may be waited by a defer, and does not give up for it', () => {
    expect(answer({ retryAfterMs: 7_200_000 }, undefined, QUIET)).toMatchObject({
      decision: 'defer',
      method: 'bayesian',
      countsAsAttempt: false,
    });
    const hinted = answer({ retryAfterMs: 300_000 }, undefined, QUIET);
    expect(hinted).toMatchObject({ decision: 'retry', delayMs: 300_000 });
  });

  it('retries before the deadline although it would rather wait for longer', () => {
    const recommendation = answer({ deadlineAtMs: T0 + 10_000 }, undefined, QUIET);
    expect(recommendation.decision).toBe('retry');
    expect(recommendation.delayMs).toBeLessThanOrEqual(10_000);
  });
});

describe('exploration', () => {
  it('tries other delays at times, with the reason, and never in a preview', () => {
    const explored = manyAnswers({}).filter(({ reasons }) => reasons.includes('exploration'));
    expect(explored.length).toBeGreaterThan(0);
    expect(explored.length).toBeLessThan(150);
    const strategy = someStrategy();
    const previewed = Array.from({ length: 300 }, (_, word) => answer({}, strategy, QUIET, { word }));
    expect(previewed.some(({ reasons }) => reasons.includes('exploration'))).toBe(false);
  });

  it('never touches critical jobs, nor anything when it is switched off', () => {
    const off = { ...someStrategy(), exploration: { enabled: false, maxShare: 0.5, anchorShare: 0.5 } };
    for (const recommendation of [...manyAnswers({ critical: true }), ...manyAnswers({}, off)]) {
      expect(recommendation.reasons).not.toContain('exploration');
      expect(recommendation.method).toBe('bayesian');
    }
    const on = { ...off, exploration: { enabled: true, maxShare: 0, anchorShare: 1 } };
    expect(manyAnswers({}, on).every(({ reasons }) => reasons.includes('exploration'))).toBe(true);
    expect(manyAnswers({ critical: true }, on).some(({ reasons }) => reasons.includes('exploration'))).toBe(false);
  });

  it('begins before the layer is sure enough to speak, and retries also where the plan says stop', () => {
    const unsure = { ...someStrategy(), bayesianThreshold: 1.1 };
    const explored = manyAnswers({}, unsure).filter(({ reasons }) => reasons.includes('exploration'));
    expect(explored.length).toBeGreaterThan(0);
    const anchored = { ...someStrategy(), exploration: { enabled: true, maxShare: 0, anchorShare: 0.3 } };
    const retried = manyAnswers({}, anchored, never).filter(({ shouldRetry }) => shouldRetry);
    expect(retried.length).toBeGreaterThan(0);
    expect(retried.every(({ reasons }) => reasons.includes('exploration'))).toBe(true);
  });
});

describe('what is learned, under guardrails and policies', () => {
  const question = fc.record({
    minDelayMs: fc.nat(50_000),
    extraMs: fc.nat(400_000),
    learnedMaxDelayMs: fc.option(fc.nat(400_000), { nil: undefined }),
    maxAttempts: fc.integer({ min: 1, max: 12 }),
    learnedMaxAttempts: fc.integer({ min: 1, max: 12 }),
    attemptNumber: fc.integer({ min: 1, max: 12 }),
    leftMs: fc.option(fc.integer({ min: -10, max: 400_000 }), { nil: undefined }),
    isCertain: fc.boolean(),
    word: fc.nat(),
  });

  it('stays inside them, explored or not', () => {
    const exploration = { enabled: true, maxShare: 0.4, anchorShare: 0.4 };
    fc.assert(
      fc.property(question, (q) => {
        const maxDelayMs = q.minDelayMs + q.extraMs;
        const policy = somePolicy({
          baseDelayMs: 1_000,
          maxDelayMs: 1_000,
          maxAttempts: 3,
          learnedMaxAttempts: q.learnedMaxAttempts,
          ...(q.learnedMaxDelayMs !== undefined && { learnedMaxDelayMs: q.learnedMaxDelayMs }),
        });
        const guardrails = { minDelayMs: q.minDelayMs, maxDelayMs, maxAttempts: q.maxAttempts };
        const strategy = {
          ...someStrategy([policy], guardrails),
          exploration,
          bayesianThreshold: q.isCertain ? 0 : 1.1,
        };
        const { attemptNumber } = q;
        const deadline = q.leftMs === undefined ? {} : { deadlineAtMs: T0 + q.leftMs };
        const recommendation = answer({ attemptNumber, ...deadline }, strategy, {}, { word: q.word });
        const { delayMs } = recommendation;
        expect(recommendation.maxAttempts).toBeLessThanOrEqual(q.maxAttempts);
        if (!recommendation.shouldRetry) return;
        expect(attemptNumber).toBeLessThan(Math.min(q.maxAttempts, Math.max(3, q.learnedMaxAttempts)));
        expect(delayMs).toBeGreaterThanOrEqual(q.minDelayMs);
        expect(delayMs).toBeLessThanOrEqual(maxDelayMs);
        if (q.leftMs !== undefined) expect(delayMs).toBeLessThanOrEqual(q.leftMs);
        const isLearned = recommendation.method === 'bayesian' || recommendation.reasons.includes('exploration');
        if (!isLearned) return;
        expect(attemptNumber).toBeLessThan(q.learnedMaxAttempts);
        // A guardrail that asks for more than the policy would allow wins.
        if ((q.learnedMaxDelayMs ?? maxDelayMs) < q.minDelayMs) return;
        expect(delayMs).toBeLessThanOrEqual(q.learnedMaxDelayMs ?? maxDelayMs);
      }),
      { numRuns: 1_000 },
    );
  });
});

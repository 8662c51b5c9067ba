import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, type RetryFeatures, type Strategy } from '@smart-retry/domain';
import { someFeatures, somePolicy, someStrategy, T0 } from '@smart-retry/domain/testing';
import { compileSnapshot } from './configuration-snapshot.js';
import { decide } from './decide.js';
import type { DecisionSnapshot } from './decision-snapshot.js';
import { repeatGate } from './fleet/fleet-gate.js';
import { UNTAUGHT_LAYERS } from './layers.js';
import { LEARNED } from './testing/learned-proposal.js';

const snapshot = (strategy: Strategy = someStrategy(), changes: Partial<DecisionSnapshot> = {}): DecisionSnapshot => ({
  configuration: compileSnapshot({ revision: 7, strategy, changedAtMs: T0, changedBy: 'test' }, { isEnabled: true }),
  learnedLayers: UNTAUGHT_LAYERS,
  canAudit: true,
  explores: true,
  ...changes,
});

const answer = (features: Partial<RetryFeatures>, strategy?: Strategy, changes?: Partial<DecisionSnapshot>) =>
  decide(someFeatures(features), snapshot(strategy, changes), T0, createRng([1, 2, 3, 4])).recommendation;

describe('decide by rules', () => {
  it('answers with the matching policy, its jitter and why the learned layers were silent', () => {
    const recommendation = answer({ attemptNumber: 2 });
    expect(recommendation).toMatchObject({
      decision: 'retry',
      shouldRetry: true,
      method: 'rules',
      policy: 'service_unavailable',
      maxAttempts: 3,
      countsAsAttempt: true,
      policyGuardrails: [],
      reasons: ['policy_matched', 'ml_no_model', 'bayesian_no_posterior'],
      nextEvaluationAtMs: T0 + recommendation.delayMs,
    });
    expect(recommendation.delayMs).toBeGreaterThanOrEqual(3_200);
    expect(recommendation.delayMs).toBeLessThanOrEqual(4_800);
  });

  it.each([
    ['the policy', 3, {}, '1 of 3'],
    ['the guardrail', 50, {}, '1 of 10'],
    ['a limit', 50, { tenantLimits: [{ maxAttempts: 2 }] }, '1 of 2'],
  ])('counts in its sentence the attempts that %s leaves, as in max_attempts', (_, maxAttempts, guards, counted) => {
    const base = someStrategy();
    const strategy = {
      ...base,
      policies: [somePolicy({ maxAttempts })],
      guardrails: { ...base.guardrails, ...guards },
    };
    const recommendation = answer({ attemptNumber: 1 }, strategy);
    expect(recommendation.rationale).toContain(`after attempt ${counted} failed`);
    expect(counted).toBe(`1 of ${recommendation.maxAttempts}`);
  });

  it('says nothing of success that it does not know: the prior with its wide interval, confidence 0', () => {
    expect(answer({})).toMatchObject({
      estimatedSuccess: 0.5,
      estimatedSuccessInterval: [0.05, 0.95],
      confidence: 0,
    });
  });

  it('stops when the policy has no attempts left, without a delay', () => {
    expect(answer({ attemptNumber: 3 })).toMatchObject({
      decision: 'stop',
      shouldRetry: false,
      delayMs: 0,
      nextEvaluationAtMs: T0,
      method: 'rules',
      policyGuardrails: ['max_attempts'],
      countsAsAttempt: false,
    });
  });

  it('answers by the built-in default where no policy matches, inside the guardrails', () => {
    const strategy = someStrategy([], { maxDelayMs: 500, maxAttempts: 2 });
    const recommendation = answer({}, strategy);
    expect(recommendation).toMatchObject({ method: 'default', policy: null, maxAttempts: 2 });
    expect(recommendation.policyGuardrails).toEqual(['max_attempts', 'max_delay']);
    expect(recommendation.delayMs).toBeLessThanOrEqual(500);
  });

  it('reports before and after of each guardrail that bit', () => {
    const recommendation = answer(
      { attemptNumber: 5 },
      someStrategy([somePolicy({ maxAttempts: 12 })], { maxDelayMs: 3_000 }),
    );
    expect(recommendation.guardrailEffects).toEqual([
      { name: 'max_attempts', before: 12, after: 10 },
      { name: 'max_delay', before: 16_000, after: 3_000 },
    ]);
  });
});

describe('decide under guardrails', () => {
  it('never retries a validation error, whatever policies and learned layers say', () => {
    const strategy = someStrategy([somePolicy({ priority: 999 }), ...someStrategy().policies]);
    const recommendation = answer({ errorClass: 'validation' }, strategy, { learnedLayers: [() => LEARNED] });
    expect(recommendation).toMatchObject({
      shouldRetry: false,
      method: 'guardrails',
      policy: 'validation_errors',
      policyGuardrails: ['validation'],
      confidence: 1,
    });
  });

  it('stops everything in an emergency and everything when switched off', () => {
    expect(answer({}, someStrategy(undefined, { emergencyStop: true }))).toMatchObject({
      shouldRetry: false,
      policyGuardrails: ['emergency_stop'],
    });
    expect(answer({}, { ...someStrategy(), enabled: false })).toMatchObject({
      shouldRetry: false,
      policyGuardrails: ['disabled'],
    });
  });

  it('stops rather than retries after the deadline', () => {
    expect(answer({ deadlineAtMs: T0 + 1_000 })).toMatchObject({
      decision: 'stop',
      method: 'rules',
      policyGuardrails: ['deadline'],
      guardrailEffects: [{ name: 'deadline', before: 2_000, after: null }],
    });
  });

  it('counts max_elapsed_ms from the first failure', () => {
    const strategy = someStrategy([somePolicy({ maxElapsedMs: 60_000 })]);
    expect(answer({ firstFailedAtMs: T0 - 58_000 }, strategy).shouldRetry).toBe(true);
    expect(answer({ firstFailedAtMs: T0 - 59_500 }, strategy)).toMatchObject({
      shouldRetry: false,
      reasons: expect.arrayContaining(['max_elapsed_before_retry']),
    });
  });

  it('lets the rules answer where a learned decision could not be explained later', () => {
    const layers = { learnedLayers: [() => LEARNED] };
    expect(answer({}, someStrategy(), layers)).toMatchObject({ method: 'bayesian' });
    expect(answer({}, someStrategy(), { ...layers, canAudit: false })).toMatchObject({
      method: 'rules',
      policyGuardrails: ['explainability'],
      guardrailEffects: [{ name: 'explainability', before: 'bayesian', after: 'rules' }],
      reasons: expect.arrayContaining(['audit_unavailable']),
    });
    const notRequired = someStrategy(undefined, { explainabilityRequired: false });
    expect(answer({}, notRequired, { ...layers, canAudit: false })).toMatchObject({ method: 'bayesian' });
  });
});

describe('decide at a gate that puts retries off', () => {
  it.each([
    [60_000, 'attempt, then ask again: no place.'],
    [10_000, 'attempt, or ask again in 10 s: no place.'],
  ])('says that to ask again in %d ms is instead of the wait', (askAgainMs, said) => {
    const verdict = {
      kind: 'deferred',
      delayMs: 60_000,
      askAgainMs,
      reasons: [],
      effects: [],
      because: ['no place'],
    } as const;
    const gate = repeatGate({ isCalm: true, sharedHintMs: 0, verdict });
    expect(answer({}, undefined, { gate }).rationale).toBe(`Wait 1 min without using up an ${said}`);
  });
});

describe('decide with a server hint', () => {
  it('takes the hint as a floor and jitters upwards only', () => {
    const delays = [1, 2, 3, 4, 5].map(
      (word) =>
        decide(someFeatures({ retryAfterMs: 20_000 }), snapshot(), T0, createRng([word, 0, 0, 0])).recommendation
          .delayMs,
    );
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(22_000);
    expect(new Set(delays).size).toBe(5);
  });

  it('keeps its own longer delay', () => {
    const recommendation = answer({ attemptNumber: 4, errorClass: 'rate_limit', retryAfterMs: 1_000 });
    expect(recommendation.delayMs).toBeGreaterThanOrEqual(30_000);
    expect(recommendation.reasons).not.toContain('hint_applied');
  });

  it('keeps what others were told while it is told nothing itself, and what it is told itself where it is', () => {
    const gate = repeatGate({ isCalm: true, sharedHintMs: 60_000, verdict: null });
    const ask = (retryAfterMs?: number) =>
      answer(retryAfterMs === undefined ? {} : { retryAfterMs }, undefined, { gate });
    expect(ask().delayMs).toBeGreaterThanOrEqual(60_000);
    expect(ask().reasons).toContain('shared_hint');
    expect(ask().rationale).toContain('the server asked another job for at least 1 min');
    expect(ask(20_000).delayMs).toBeLessThanOrEqual(22_000);
    expect(ask(20_000).reasons).not.toContain('shared_hint');
    expect(ask(20_000).rationale).toContain('the server asked for at least 20 s');
  });

  it('defers a hint beyond the cap without burning an attempt', () => {
    const recommendation = answer({ retryAfterMs: 7_200_000 });
    expect(recommendation).toMatchObject({
      decision: 'defer',
      shouldRetry: true,
      countsAsAttempt: false,
      policyGuardrails: ['max_delay'],
      guardrailEffects: [{ name: 'max_delay', before: 7_200_000, after: 300_000 }],
    });
    expect(recommendation.delayMs).toBeLessThanOrEqual(300_000);
    expect(recommendation.delayMs).toBeGreaterThanOrEqual(270_000);
  });

  it('stops where the deadline forbids the deferred wait', () => {
    expect(answer({ retryAfterMs: 7_200_000, deadlineAtMs: T0 + 60_000 })).toMatchObject({
      decision: 'stop',
      delayMs: 0,
    });
  });
});

describe('decide, for any job and strategy', () => {
  const features = fc.record(
    {
      jobType: fc.string({ minLength: 1 }),
      errorClass: fc.constantFrom('timeout', 'rate_limit', 'validation', 'oom', '💥'),
      attemptNumber: fc.integer({ min: 1, max: 1_000_000 }),
      errorCode: fc.constantFrom('429', '503', '400', 'x'),
      retryAfterMs: fc.nat(1e9),
      deadlineAtMs: fc.integer({ min: T0 - 1_000, max: T0 + 1e9 }),
      firstFailedAtMs: fc.integer({ min: T0 - 1e9, max: T0 }),
    },
    { requiredKeys: ['jobType', 'errorClass', 'attemptNumber'] },
  );
  const strategy = fc
    .record({
      baseDelayMs: fc.nat(1e6),
      extraMs: fc.nat(1e7),
      multiplier: fc.double({ min: 0.1, max: 1_000, noNaN: true }),
      jitterPercent: fc.double({ min: 0, max: 100, noNaN: true }),
      maxDelayMs: fc.nat(1e6),
      maxAttempts: fc.integer({ min: 1, max: 1_000 }),
      policyAttempts: fc.integer({ min: 1, max: 1_000 }),
    })
    .map((r) =>
      someStrategy(
        [
          ...someStrategy().policies,
          somePolicy({
            priority: 1_000,
            baseDelayMs: r.baseDelayMs,
            maxDelayMs: r.baseDelayMs + r.extraMs,
            backoffMultiplier: r.multiplier,
            jitterPercent: r.jitterPercent,
            maxAttempts: r.policyAttempts,
          }),
        ],
        { maxDelayMs: r.maxDelayMs, maxAttempts: r.maxAttempts },
      ),
    );
  const seed = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat());

  it('is the same decision twice', () => {
    fc.assert(
      fc.property(features, strategy, seed, (job, chosen, words) => {
        const twice = [1, 2].map(() => decide(job, snapshot(chosen), T0, createRng(words)));
        expect(twice[0]).toEqual(twice[1]);
      }),
    );
  });

  it('stays within every guardrail and retries no validation error', () => {
    fc.assert(
      fc.property(features, strategy, seed, (job, chosen, words) => {
        const { recommendation } = decide(job, snapshot(chosen), T0, createRng(words));
        const { guardrails } = chosen;
        expect(Number.isSafeInteger(recommendation.delayMs)).toBe(true);
        expect(recommendation.delayMs).toBeGreaterThanOrEqual(0);
        expect(recommendation.delayMs).toBeLessThanOrEqual(guardrails.maxDelayMs);
        expect(recommendation.maxAttempts).toBeLessThanOrEqual(guardrails.maxAttempts);
        expect(recommendation.propensity).toBeGreaterThan(0);
        expect(recommendation.propensity).toBeLessThanOrEqual(1);
        expect(recommendation.shouldRetry).toBe(recommendation.decision !== 'stop');
        if (recommendation.shouldRetry) {
          expect(job.attemptNumber).toBeLessThan(guardrails.maxAttempts);
          expect(T0 + recommendation.delayMs).toBeLessThanOrEqual(job.deadlineAtMs ?? Number.POSITIVE_INFINITY);
          expect(job.errorClass).not.toBe('validation');
          expect(job.errorCode).not.toBe('400');
        } else {
          expect(recommendation.delayMs).toBe(0);
        }
      }),
    );
  });
});

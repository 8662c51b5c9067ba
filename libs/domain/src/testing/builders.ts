import type { AttemptReport } from '../attempt.js';
import type { Clock, EpochMs, RetryFeatures } from '../features.js';
import { DEFAULT_POLICIES, type RetryPolicy } from '../policy.js';
import type { Recommendation } from '../recommendation.js';
import { DEFAULT_STRATEGY, type GuardrailSettings, type Strategy } from '../strategy.js';

/** 2026-01-15T14:30:00Z */
export const T0: EpochMs = 1_768_487_400_000;

/** A clock that moves only when told to. */
export class FixedClock {
  constructor(public nowMs: EpochMs = T0) {}

  readonly read: Clock = () => this.nowMs;

  advance(byMs: number): void {
    this.nowMs += byMs;
  }
}

/** A timeout of an e-mail job, first attempt. */
export function someFeatures(changes: Partial<RetryFeatures> = {}): RetryFeatures {
  return { jobType: 'email_send', errorClass: 'timeout', attemptNumber: 1, ...changes };
}

/** A catch-all with 10 attempts, 1 s doubled up to 60 s, ± 20 %. */
export function somePolicy(changes: Partial<RetryPolicy> = {}): RetryPolicy {
  return {
    name: 'some',
    errorPatterns: [],
    jobTypePatterns: [],
    queuePatterns: [],
    tenantPatterns: [],
    maxAttempts: 10,
    baseDelayMs: 1_000,
    maxDelayMs: 60_000,
    backoffMultiplier: 2,
    jitterPercent: 20,
    priority: 50,
    stopOnValidation: false,
    ...changes,
  };
}

/** The default strategy with the given policies and guardrails. */
export function someStrategy(
  policies: readonly RetryPolicy[] = DEFAULT_POLICIES,
  guardrails: Partial<GuardrailSettings> = {},
): Strategy {
  return { ...DEFAULT_STRATEGY, policies, guardrails: { ...DEFAULT_STRATEGY.guardrails, ...guardrails } };
}

/** A retry 5 s after a failure at `T0`, by rules. */
export function someRecommendation(changes: Partial<Recommendation> = {}): Recommendation {
  return {
    decision: 'retry',
    shouldRetry: true,
    delayMs: 5_000,
    maxAttempts: 5,
    confidence: 1,
    rationale: '',
    method: 'rules',
    estimatedSuccess: 0.5,
    estimatedSuccessInterval: [0.05, 0.95],
    nextEvaluationAtMs: T0 + 5_000,
    policyGuardrails: [],
    guardrailEffects: [],
    policy: null,
    alternatives: [],
    reasons: [],
    propensity: 1,
    modelVersion: null,
    countsAsAttempt: true,
    ...changes,
  };
}

/** A successful second attempt at `T0`. */
export function someReport(changes: Partial<AttemptReport> = {}): AttemptReport {
  return { jobId: 'job-1', jobType: 'email_send', attemptNumber: 2, success: true, timestampMs: T0, ...changes };
}

import {
  createRng,
  type DecisionMethod,
  type EpochMs,
  type Recommendation,
  type RetryFeatures,
} from '@smart-retry/domain';
import { decide } from './decide.js';
import type { DecisionSnapshot } from './decision-snapshot.js';
import { seedOf } from './rng-seed.js';

/** One retry of a plan. */
export interface PlannedRetry {
  readonly attemptNumber: number;
  readonly scheduledAtMs: EpochMs;
  readonly estimatedSuccess: number;
  readonly delayMs: number;
  readonly method: DecisionMethod;
  readonly rationale: string;
}

export interface Preview {
  /**
   * One decision for each failure, ending with the stop if the plan ends before `maxAttempts`, or with the wait at a breaker that an
   * operator holds open.
   */
  readonly recommendations: readonly Recommendation[];
  /** One entry for each retry, the first with the number after the current attempt. */
  readonly timeline: readonly PlannedRetry[];
  readonly generatedAtMs: EpochMs;
}

/** Deferrals in a row are not retries; a plan that only defers would never end. */
const MAX_DECISIONS = 200;

/**
 * What would be advised, decision by decision, if every retry failed with the same error as soon as it started.
 * @param horizon.maxAttempts executions to plan for, the first included; default what the first decision allows
 */
export function planRetries(
  features: RetryFeatures,
  snapshot: DecisionSnapshot,
  nowMs: EpochMs,
  horizon: { readonly maxAttempts: number | undefined; readonly randomWord: () => number },
): Preview {
  const recommendations: Recommendation[] = [];
  const timeline: PlannedRetry[] = [];
  const isHeldOpen = snapshot.gate?.isHeldOpen === true;
  let failure: RetryFeatures = { ...features, firstFailedAtMs: features.firstFailedAtMs ?? nowMs };
  let atMs = nowMs;
  let maxAttempts = horizon.maxAttempts ?? Number.POSITIVE_INFINITY;
  while (recommendations.length < MAX_DECISIONS) {
    // Nobody knows how the dependency will be by then, but where an operator has said so.
    const known = recommendations.length === 0 || isHeldOpen ? snapshot : { ...snapshot, gate: undefined };
    const { recommendation, admission } = decide(failure, known, atMs, createRng(seedOf(failure, horizon.randomWord)));
    const isBeyondHorizon = failure.attemptNumber >= maxAttempts;
    if (isBeyondHorizon && (recommendation.shouldRetry || recommendations.length > 0)) break;
    recommendations.push(recommendation);
    if (!recommendation.shouldRetry) break;
    // What follows is up to the operator.
    if (isHeldOpen && admission?.kind === 'deferred') break;
    maxAttempts = Math.min(maxAttempts, horizon.maxAttempts ?? recommendation.maxAttempts);
    atMs = recommendation.nextEvaluationAtMs;
    // A server's hint speaks of the failure that it came with, not of those that may follow.
    const { retryAfterMs: _spent, ...next } = failure;
    failure = {
      ...next,
      attemptNumber: failure.attemptNumber + (recommendation.countsAsAttempt ? 1 : 0),
      ...(failure.incidentAgeMs !== undefined && { incidentAgeMs: failure.incidentAgeMs + recommendation.delayMs }),
    };
    if (!recommendation.countsAsAttempt) continue;
    timeline.push({
      attemptNumber: failure.attemptNumber,
      scheduledAtMs: atMs,
      estimatedSuccess: recommendation.estimatedSuccess,
      delayMs: recommendation.delayMs,
      method: recommendation.method,
      rationale: recommendation.rationale,
    });
  }
  return { recommendations, timeline, generatedAtMs: nowMs };
}

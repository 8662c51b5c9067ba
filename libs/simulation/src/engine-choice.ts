import type { EpochMs, Recommendation } from '@smart-retry/domain';
import { STOP, type Choice } from './decider.js';

/** What a recommendation for a failure at `failedAtMs` tells the worker to do, with the chance that it shows. */
export function choiceOf(recommendation: Recommendation, failedAtMs: EpochMs, recommendationId?: string): Choice {
  const { decision, delayMs, nextEvaluationAtMs, estimatedSuccess, estimatedSuccessInterval, method } = recommendation;
  if (decision === 'stop') return STOP;
  // Rules and guardrails show the uninformed prior: nothing that could be right or wrong.
  const isInformed = method === 'bayesian' || method === 'ml';
  return {
    action: decision,
    // Whoever is put off asks again as soon as he may.
    delayMs: decision === 'defer' ? Math.round(nextEvaluationAtMs - failedAtMs) : delayMs,
    ...(isInformed && { shown: { successProbability: estimatedSuccess, interval: estimatedSuccessInterval } }),
    ...(recommendationId !== undefined && { recommendationId }),
  };
}

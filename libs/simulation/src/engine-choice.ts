import type { Recommendation } from '@smart-retry/domain';
import { STOP, type Choice } from './decider.js';

/** What a recommendation tells the worker to do, with the chance that it shows. */
export function choiceOf(recommendation: Recommendation, recommendationId?: string): Choice {
  const { decision, delayMs, estimatedSuccess, estimatedSuccessInterval, method } = recommendation;
  if (decision === 'stop') return STOP;
  // Rules and guardrails show the uninformed prior: nothing that could be right or wrong.
  const isInformed = method === 'bayesian' || method === 'ml';
  return {
    action: decision,
    delayMs,
    ...(isInformed && { shown: { successProbability: estimatedSuccess, interval: estimatedSuccessInterval } }),
    ...(recommendationId !== undefined && { recommendationId }),
  };
}

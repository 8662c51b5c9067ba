import type { EpochMs, Recommendation } from '@smart-retry/domain';
import { STOP, type Choice, type Treatment } from './decider.js';

export interface Worker {
  /** Absent: nothing is reported of the recommendation. */
  readonly recommendationId?: string;
  /** Whether it knows what it is to be put off; who knows `should_retry` and `delay_ms` alone retries then. Default: it does. */
  readonly asksAgain?: boolean;
}

/** What a recommendation for a failure at `failedAtMs` tells the worker to do, with the chance that it shows. */
export function choiceOf(
  recommendation: Recommendation,
  failedAtMs: EpochMs,
  { recommendationId, asksAgain = true }: Worker = {},
): Choice {
  const { decision, delayMs, nextEvaluationAtMs, estimatedSuccess, estimatedSuccessInterval, method } = recommendation;
  if (decision === 'stop') return STOP;
  // Rules and guardrails show the uninformed prior: nothing that could be right or wrong.
  const isInformed = method === 'bayesian' || method === 'ml';
  const isPutOff = decision === 'defer' && asksAgain;
  return {
    action: isPutOff ? 'defer' : 'retry',
    // Whoever is put off asks again as soon as he may.
    delayMs: isPutOff ? Math.round(nextEvaluationAtMs - failedAtMs) : delayMs,
    ...(isInformed && { shown: { successProbability: estimatedSuccess, interval: estimatedSuccessInterval } }),
    treatment: treatmentBy(recommendation),
    ...(recommendationId !== undefined && { recommendationId }),
  };
}

/** The same for workers that never ask again, which are told to wait all the same. */
function treatmentBy({ decision, reasons }: Recommendation): Treatment {
  if (decision === 'defer') return 'put_off';
  return reasons.includes('breaker_probe') ? 'as_probe' : 'as_planned';
}

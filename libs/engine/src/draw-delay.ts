import { DELAY_BUCKETS, delayBucketIndex, uniformInteger, type Rng } from '@smart-retry/domain';
import { jitterRange, type DelayPlan } from '@smart-retry/guardrails';

export interface DrawnDelay {
  readonly delayMs: number;
  /** Probability that a draw falls into the same delay bucket, (0, 1]. */
  readonly propensity: number;
}

/** Draws the delay to wait uniformly from the plan's jitter range. */
export function drawDelay(plan: DelayPlan, rng: Rng): DrawnDelay {
  const { fromMs, toMs } = jitterRange(plan);
  const delayMs = uniformInteger(rng, fromMs, toMs);
  const bucket = DELAY_BUCKETS[delayBucketIndex(delayMs)];
  if (bucket === undefined || toMs <= fromMs) return { delayMs, propensity: 1 };
  const sharedMs = Math.min(toMs + 1, bucket.toMs) - Math.max(fromMs, bucket.fromMs);
  return { delayMs, propensity: sharedMs / (toMs + 1 - fromMs) };
}

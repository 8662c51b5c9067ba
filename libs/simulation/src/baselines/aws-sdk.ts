import { createRng } from '@smart-retry/domain';
import { retryAfter, STOP, type Decider } from '../decider.js';
import { uniform } from '../random.js';
import { isThrottling } from './is-throttling.js';

/** The AWS SDKs' standard mode as of 2026. Tokens are per client: here, per dependency. */
export const AWS_SDK = {
  maxAttempts: 3,
  tokens: 500,
  retryCost: 14,
  throttlingRetryCost: 5,
  successIncrement: 1,
  baseMs: 50,
  throttlingBaseMs: 1_000,
  maxMs: 20_000,
} as const;

/** Full jitter, and a bucket that a retry's cost returns to when the retry succeeds. */
export function createAwsSdk(seed: number): Decider {
  const rng = createRng([seed, 0x6177, 0x7300, 0]);
  const buckets = new Map<string, number>();
  const heldByJob = new Map<string, number>();
  return {
    name: 'aws-sdk',
    decide(failure) {
      const { attemptNumber, dependency, jobId } = failure;
      const cost = isThrottling(failure) ? AWS_SDK.throttlingRetryCost : AWS_SDK.retryCost;
      const tokens = buckets.get(dependency) ?? AWS_SDK.tokens;
      if (attemptNumber >= AWS_SDK.maxAttempts || tokens < cost) return STOP;
      buckets.set(dependency, tokens - cost);
      heldByJob.set(jobId, cost);
      const baseMs = isThrottling(failure) ? AWS_SDK.throttlingBaseMs : AWS_SDK.baseMs;
      return retryAfter(uniform(rng, 0, Math.min(AWS_SDK.maxMs, baseMs * 2 ** (attemptNumber - 1))));
    },
    observeCall({ dependency, jobId, success }) {
      if (!success) return;
      const returned = heldByJob.get(jobId) ?? AWS_SDK.successIncrement;
      const tokens = (buckets.get(dependency) ?? AWS_SDK.tokens) + returned;
      buckets.set(dependency, Math.min(AWS_SDK.tokens, tokens));
    },
  };
}

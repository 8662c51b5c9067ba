import type { RetryPolicy } from '@smart-retry/domain';

/**
 * The delay before jitter that a policy asks for after failed attempt n (≥ 1):
 * `min(maxDelayMs, baseDelayMs · backoffMultiplier^(n − 1))`, in whole milliseconds, for any n.
 */
export function backoffDelayMs(policy: RetryPolicy, attemptNumber: number): number {
  // 0 · ∞ is NaN: a policy without base delay never waits, however many attempts went before.
  if (policy.baseDelayMs === 0) return 0;
  return Math.round(Math.min(policy.maxDelayMs, policy.baseDelayMs * policy.backoffMultiplier ** (attemptNumber - 1)));
}

import type { EpochMs, RetryFeatures, RetryPolicy } from '@smart-retry/domain';
import type { DelayLimits } from '@smart-retry/guardrails';

/** How long a retry may still be put off, in milliseconds; ∞ where nothing limits it. */
export function timeLeftOf(
  { deadlineAtMs, firstFailedAtMs }: Pick<RetryFeatures, 'deadlineAtMs' | 'firstFailedAtMs'>,
  policy: RetryPolicy | null,
  nowMs: EpochMs,
): Pick<DelayLimits, 'untilDeadlineMs' | 'untilMaxElapsedMs'> {
  return {
    untilDeadlineMs: (deadlineAtMs ?? Number.POSITIVE_INFINITY) - nowMs,
    untilMaxElapsedMs: (firstFailedAtMs ?? nowMs) + (policy?.maxElapsedMs ?? Number.POSITIVE_INFINITY) - nowMs,
  };
}

import { waitBetweenMs } from '@smart-retry/domain';
import type { KeptAttempt } from './attempt-log.js';

/** Why nothing is learned from a failure. `pending`: its retry may lie beyond the end of the log. */
export type Exclusion = 'pending' | 'missing_attempt' | 'unknown_outcome' | 'unknown_delay' | 'no_error_class';

/** A failed attempt, and what came next: a retry after a wait, nothing, or something that the log does not tell. */
export type JobStep = { readonly failure: KeptAttempt } & (
  | { readonly next: 'retry'; readonly retry: KeptAttempt; readonly waitedMs: number }
  | { readonly next: 'nothing' }
  | { readonly next: Extract<Exclusion, 'missing_attempt' | 'unknown_outcome' | 'unknown_delay'> }
);

/** The attempts of one job in order, each once: the same number with the same outcome is the same report. */
export function orderAttempts(attempts: readonly KeptAttempt[]): readonly KeptAttempt[] {
  if (attempts.length === 1) return attempts;
  const ordered = [...attempts].sort(
    (a, b) => a.attemptNumber - b.attemptNumber || Number(a.success) - Number(b.success),
  );
  return ordered.filter((attempt, i) => {
    const before = ordered[i - 1];
    return before?.attemptNumber !== attempt.attemptNumber || before.success !== attempt.success;
  });
}

/** One step for each failure of a job, in order. */
export function stepsOf(ordered: readonly KeptAttempt[]): JobStep[] {
  return ordered.flatMap((failure, i) =>
    failure.success || failure.isWithoutOutcome ? [] : [stepAfter(failure, ordered[i + 1])],
  );
}

function stepAfter(failure: KeptAttempt, following: KeptAttempt | undefined): JobStep {
  if (following === undefined) return { failure, next: 'nothing' };
  // The same number again is a success: some workers report a retry under the number of the attempt that failed.
  if (following.attemptNumber > failure.attemptNumber + 1) return { failure, next: 'missing_attempt' };
  if (following.isWithoutOutcome) return { failure, next: 'unknown_outcome' };
  const waitedMs = following.actualDelayMs ?? following.delayMs ?? waitByTimestamps(failure, following);
  if (waitedMs === null) return { failure, next: 'unknown_delay' };
  return { failure, next: 'retry', retry: following, waitedMs };
}

/** Between the end of one attempt and the start of the next. */
function waitByTimestamps(failure: KeptAttempt, retry: KeptAttempt): number | null {
  if (failure.endedAtMs === null || retry.endedAtMs === null) return null;
  return waitBetweenMs(failure.endedAtMs, retry.endedAtMs, retry.processingTimeMs ?? undefined);
}

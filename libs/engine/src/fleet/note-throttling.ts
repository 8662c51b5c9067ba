import type { EpochMs, FailureKind } from '@smart-retry/domain';
import { pacedOutcome } from '@smart-retry/guardrails';
import type { Dependency } from './dependency.js';

/** A call was turned away. */
export function noteThrottled(
  dependency: Dependency,
  { isFirstTry }: { readonly isFirstTry: boolean },
  nowMs: EpochMs,
): void {
  dependency.throttle.noteThrottled(dependency.firstTriesPerSecond(nowMs), nowMs);
  if (isFirstTry) dependency.latest.firstThrottledMs = Math.max(dependency.latest.firstThrottledMs, nowMs);
}

/** A retry that this process had let go has ended. */
export function notePaced(dependency: Dependency, failure: FailureKind | null, atMs: EpochMs, nowMs: EpochMs): void {
  const outcome = pacedOutcome(failure, atMs - dependency.latest.firstThrottledMs);
  if (outcome !== null) dependency.throttle.noteRetry(outcome, dependency.pacedFirstTries(nowMs), nowMs);
}

import type { EpochMs, FailureKind } from '@smart-retry/domain';

/** One call that has ended. */
export interface ReportedCall {
  /** Of its job: null for a first try. */
  readonly retriedJob: string | null;
  readonly endedAtMs: EpochMs;
  readonly processingTimeMs: number | undefined;
}

/** First tries that are told together. */
export interface FirstTries {
  readonly succeeded: number;
  readonly failed: number;
  /** Of all of them together. */
  readonly processingTimeMs?: number | undefined;
}

/** Whether the dependency may be the cause of such a failure. */
export function isEvidence(kind: FailureKind): boolean {
  return isRetryEvidence(kind) || kind === 'other';
}

/** The same of a retry: what fails again for a reason of its own may do so for good. */
export function isRetryEvidence(kind: FailureKind): boolean {
  return kind === 'timeout' || kind === 'unavailable';
}

import type { AttemptRecord, AttemptReport } from './attempt.js';
import type { EpochMs } from './features.js';

/** What one outcome teaches: after this failure that delay was waited, and the next attempt succeeded or did not. */
export interface TaughtOutcome {
  readonly jobType: string;
  readonly dependency?: string | undefined;
  readonly tenant?: string | undefined;
  readonly queue?: string | undefined;
  readonly payloadSize?: number | undefined;
  /** Of the failure. */
  readonly errorClass: string;
  readonly errorCode?: string | undefined;
  /** The attempt that failed, from 1. */
  readonly failedAttemptNumber: number;
  /** Really waited, as far as anybody knows. */
  readonly delayMs: number;
  readonly success: boolean;
  /** When the attempt after the failure happened. */
  readonly atMs: EpochMs;
  readonly recordedAtMs: EpochMs;
  /** How long the dependency had been failing at the failure; absent when nobody knew. */
  readonly incidentAgeMs?: number | undefined;
  /** How long the server asked to wait with that failure (`RetryFeatures.retryAfterMs`); absent where it did not. */
  readonly hintMs?: number | undefined;
}

/** The parts of an attempt's record that it takes to teach. */
export interface TeachingRecord extends Pick<AttemptRecord, 'link' | 'recordedAtMs'> {
  readonly report: Pick<
    AttemptReport,
    'jobType' | 'dependency' | 'tenant' | 'queue' | 'payloadSize' | 'success' | 'timestampMs'
  >;
}

/** What a recorded attempt teaches; null where the failure before it or the delay between the two is not known. */
export function taughtOutcomeOf({ report, link, recordedAtMs }: TeachingRecord): TaughtOutcome | null {
  if (link?.delayMs === undefined) return null;
  // All fields, known or not: objects of one shape are made and read faster (docs/benchmarks/learning.md).
  return {
    jobType: report.jobType,
    dependency: report.dependency,
    tenant: report.tenant,
    queue: report.queue,
    payloadSize: report.payloadSize,
    errorClass: link.errorClass,
    errorCode: link.errorCode,
    failedAttemptNumber: link.failedAttemptNumber,
    delayMs: link.delayMs,
    success: report.success,
    atMs: report.timestampMs,
    recordedAtMs,
    incidentAgeMs: link.incidentAgeMs,
    hintMs: link.hintMs,
  };
}

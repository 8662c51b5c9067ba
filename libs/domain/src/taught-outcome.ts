import type { AttemptRecord, AttemptReport } from './attempt.js';
import type { EpochMs } from './features.js';

/** What one outcome teaches: after this failure that delay was waited, and the next attempt succeeded or did not. */
export interface TaughtOutcome {
  readonly jobType: string;
  readonly dependency?: string;
  readonly tenant?: string;
  readonly queue?: string;
  readonly payloadSize?: number;
  /** Of the failure. */
  readonly errorClass: string;
  readonly errorCode?: string;
  /** The attempt that failed, from 1. */
  readonly failedAttemptNumber: number;
  /** Really waited, as far as anybody knows. */
  readonly delayMs: number;
  readonly success: boolean;
  /** When the attempt after the failure happened. */
  readonly atMs: EpochMs;
  readonly recordedAtMs: EpochMs;
  /** How long the dependency had been failing at the failure; absent when nobody knew. */
  readonly incidentAgeMs?: number;
  /** How long the server asked to wait with that failure (`RetryFeatures.retryAfterMs`); absent where it did not. */
  readonly hintMs?: number;
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
  const { dependency, tenant, queue, payloadSize } = report;
  return {
    jobType: report.jobType,
    ...(dependency !== undefined && { dependency }),
    ...(tenant !== undefined && { tenant }),
    ...(queue !== undefined && { queue }),
    ...(payloadSize !== undefined && { payloadSize }),
    errorClass: link.errorClass,
    ...(link.errorCode !== undefined && { errorCode: link.errorCode }),
    failedAttemptNumber: link.failedAttemptNumber,
    delayMs: link.delayMs,
    success: report.success,
    atMs: report.timestampMs,
    recordedAtMs,
    ...(link.incidentAgeMs !== undefined && { incidentAgeMs: link.incidentAgeMs }),
    ...(link.hintMs !== undefined && { hintMs: link.hintMs }),
  };
}

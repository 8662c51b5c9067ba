/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** Answers the current time; a parameter everywhere, so that time can stand still in a test. */
export type Clock = () => EpochMs;

/** What is known of a job that has just failed. Absent is absent: no empty strings, no nulls. */
export interface RetryFeatures {
  readonly jobType: string;
  readonly errorClass: string;
  /** The number of the attempt that just failed, from 1. */
  readonly attemptNumber: number;
  readonly errorCode?: string;
  readonly queue?: string;
  readonly tenant?: string;
  readonly jobId?: string;
  /** The downstream that the job called; `jobType` when absent. */
  readonly dependency?: string;
  readonly payloadSize?: number;
  /** Hour of the day in UTC, 0–23. */
  readonly timeOfDay?: number;
  readonly workerVersion?: string;
  /** Named health signals of worker or downstream. */
  readonly health?: Readonly<Record<string, number>>;
  readonly sinceLastFailureMs?: number;
  readonly recentFailures?: number;
  readonly avgProcessingTimeMs?: number;
  /** When the attempt failed: the clock of the decision. */
  readonly failedAtMs?: EpochMs;
  readonly firstFailedAtMs?: EpochMs;
  readonly deadlineAtMs?: EpochMs;
  /** The server's own hint (`Retry-After`). */
  readonly retryAfterMs?: number;
  /** Never explored. */
  readonly critical?: boolean;
  /** Milliseconds from the first failure of the dependency's running streak (no success between) to this one; kept by the server, unknown when absent. */
  readonly incidentAgeMs?: number;
  /** A stable digest of the error's message; the message itself is never kept. */
  readonly errorFingerprint?: string;
}

/** The downstream whose health decides: the one named, else the job type. */
export function dependencyOf(job: { readonly dependency?: string | undefined; readonly jobType: string }): string {
  return job.dependency ?? job.jobType;
}

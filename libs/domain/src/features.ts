/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** Answers the current time; a parameter everywhere, so that time can stand still in a test. */
export type Clock = () => EpochMs;

/** What is known of a job that has just failed. What is not known is absent or undefined: no empty strings, no nulls. */
export interface RetryFeatures {
  readonly jobType: string;
  readonly errorClass: string;
  /** The number of the attempt that just failed, from 1. */
  readonly attemptNumber: number;
  readonly errorCode?: string | undefined;
  readonly queue?: string | undefined;
  readonly tenant?: string | undefined;
  readonly jobId?: string | undefined;
  /** The downstream that the job called; `jobType` when absent. */
  readonly dependency?: string | undefined;
  readonly payloadSize?: number | undefined;
  /** Hour of the day in UTC, 0–23. */
  readonly timeOfDay?: number | undefined;
  readonly workerVersion?: string | undefined;
  /** Named health signals of worker or downstream. */
  readonly health?: Readonly<Record<string, number>> | undefined;
  readonly sinceLastFailureMs?: number | undefined;
  readonly recentFailures?: number | undefined;
  readonly avgProcessingTimeMs?: number | undefined;
  /** When the attempt failed: the clock of the decision. */
  readonly failedAtMs?: EpochMs | undefined;
  readonly firstFailedAtMs?: EpochMs | undefined;
  readonly deadlineAtMs?: EpochMs | undefined;
  /** The server's own hint (`Retry-After`). */
  readonly retryAfterMs?: number | undefined;
  /** Never explored. */
  readonly critical?: boolean | undefined;
  /** Milliseconds from the first failure of the dependency's running streak (no success between) to this one; kept by the server, unknown when absent. */
  readonly incidentAgeMs?: number | undefined;
  /** A stable digest of the error's message; the message itself is never kept. */
  readonly errorFingerprint?: string | undefined;
}

/** The downstream whose health decides: the one named, else the job type. */
export function dependencyOf(job: { readonly dependency?: string | undefined; readonly jobType: string }): string {
  return job.dependency ?? job.jobType;
}

import type { AttemptReport, FailureLink, RetryFeatures, TaughtRetry } from '@smart-retry/domain';

type Details = Omit<
  AttemptReport,
  'jobId' | 'jobType' | 'attemptNumber' | 'success' | 'queue' | 'tenant' | 'timestampMs'
>;

/** As the driver answers it: bigint is text here. */
export interface TeachingRow {
  readonly job_id: string;
  readonly job_type: string;
  readonly tenant: string;
  readonly queue: string;
  readonly details: Details;
  readonly link: FailureLink;
  readonly delay_ms: number;
  readonly success: boolean;
  readonly at_ms: string;
  readonly features: RetryFeatures | null;
  readonly propensity: number | null;
  readonly decided_at_ms: string | null;
  readonly failed_details: Details | null;
  readonly failed_at_ms: string | null;
}

/** What a row teaches: the context as it was written down at the failure. */
export function toTaughtRetry(row: TeachingRow): TaughtRetry {
  const atMs = Number(row.at_ms);
  const { processingTimeMs } = row.details;
  return {
    jobId: row.job_id,
    source: row.link.source,
    context: { ...factsOfJob(row), ...knownAtFailure(row), ...ofLink(row.link), failedAtMs: failedAtMs(row, atMs) },
    delayMs: row.delay_ms,
    success: row.success,
    atMs,
    ...(processingTimeMs !== undefined && { processingTimeMs }),
    ...(row.propensity !== null && { propensity: row.propensity }),
  };
}

/** What a job keeps from its first attempt to its last. */
function factsOfJob({ job_type: jobType, tenant, queue, details }: TeachingRow) {
  const { dependency, payloadSize } = details;
  return {
    jobType,
    ...(tenant !== '' && { tenant }),
    ...(queue !== '' && { queue }),
    ...(dependency !== undefined && { dependency }),
    ...(payloadSize !== undefined && { payloadSize }),
  };
}

function knownAtFailure({ features, failed_details: failed, details, link }: TeachingRow): Partial<RetryFeatures> {
  if (features !== null) return features;
  const witness = failed ?? (link.source === 'self' ? details : null);
  if (witness === null) return {};
  const { workerVersion, health, timeOfDay } = witness;
  return {
    ...(workerVersion !== undefined && { workerVersion }),
    ...(health !== undefined && { health }),
    ...(timeOfDay !== undefined && { timeOfDay }),
  };
}

function ofLink({ errorClass, errorCode, failedAttemptNumber, incidentAgeMs }: FailureLink) {
  return {
    errorClass,
    attemptNumber: failedAttemptNumber,
    ...(errorCode !== undefined && { errorCode }),
    ...(incidentAgeMs !== undefined && { incidentAgeMs }),
  };
}

/** By whoever wrote the failure down; else the wait and the work are counted back from the retry's end. */
function failedAtMs(row: TeachingRow, atMs: number): number {
  const told = row.features?.failedAtMs ?? row.decided_at_ms ?? row.failed_at_ms;
  return told === null ? atMs - row.delay_ms - (row.details.processingTimeMs ?? 0) : Number(told);
}

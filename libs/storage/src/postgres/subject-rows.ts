import type { AttemptReport, SubjectRecord } from '@smart-retry/domain';

/** Connections of their own read bigint columns as text. */
type Whole = number | string;

export interface AttemptRow {
  readonly at_ms: Whole;
  readonly attempt_number: Whole;
  readonly success: boolean;
  readonly job_type: string;
  readonly queue: string;
  readonly tenant: string;
  readonly job_id: string;
  readonly details: Omit<
    AttemptReport,
    'jobId' | 'jobType' | 'attemptNumber' | 'success' | 'queue' | 'tenant' | 'timestampMs'
  >;
}

export interface CountsRow {
  readonly window_start_ms: Whole;
  readonly window_end_ms: Whole;
  readonly job_type: string;
  readonly dependency: string | null;
  readonly queue: string;
  readonly tenant: string;
  readonly succeeded: Whole;
  readonly failed: Whole;
  readonly processing_time_ms: number | null;
}

/** The report as it was sent. */
export function attemptOf(row: AttemptRow): SubjectRecord {
  return {
    kind: 'attempt',
    report: {
      jobId: row.job_id,
      jobType: row.job_type,
      attemptNumber: Number(row.attempt_number),
      success: row.success,
      ...(row.queue !== '' && { queue: row.queue }),
      ...(row.tenant !== '' && { tenant: row.tenant }),
      ...row.details,
      timestampMs: Number(row.at_ms),
    },
  };
}

export function countsOf(row: CountsRow): SubjectRecord {
  return {
    kind: 'counts',
    counts: {
      jobType: row.job_type,
      ...(row.dependency !== null && { dependency: row.dependency }),
      ...(row.queue !== '' && { queue: row.queue }),
      ...(row.tenant !== '' && { tenant: row.tenant }),
      succeeded: Number(row.succeeded),
      failed: Number(row.failed),
      ...(row.processing_time_ms !== null && { processingTimeMs: row.processing_time_ms }),
      windowStartMs: Number(row.window_start_ms),
      windowEndMs: Number(row.window_end_ms),
    },
  };
}

import { waitBetweenMs, type AttemptReport, type RetryFeatures } from '@smart-retry/domain';
import type { TrainingRow } from './training-row.js';

/** An attempt from a log, whose time may not be known. */
export interface LoggedAttempt extends Omit<AttemptReport, 'timestampMs'> {
  readonly timestampMs?: number;
  readonly propensity?: number;
}

export const LEFT_OUT = ['no_error_class', 'no_outcome', 'unknown_delay', 'unknown_time'] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

export interface RowsOfLog {
  readonly rows: readonly TrainingRow[];
  /** Retries that teach nothing, by what is missing. */
  readonly leftOut: Readonly<Record<LeftOut, number>>;
  readonly duplicates: number;
}

const WITHOUT_OUTCOME: ReadonlySet<string | undefined> = new Set(['cancelled', 'unknown']);

/**
 * The retries of a log as rows to train on. What was known is taken from the record of the failed attempt before it; a
 * retry whose failure is not in the log, and that names a class, is taken for its own witness, as the API takes it.
 */
export function rowsOfLog(attempts: Iterable<LoggedAttempt>): RowsOfLog {
  const jobs = new Map<string, Map<number, LoggedAttempt>>();
  let duplicates = 0;
  for (const attempt of attempts) {
    // Jobs of two tenants may share an id.
    const key = `${attempt.tenant?.length ?? 0} ${attempt.tenant ?? ''} ${attempt.jobId}`;
    const job = jobs.get(key) ?? new Map<number, LoggedAttempt>();
    if (job.has(attempt.attemptNumber)) duplicates++;
    else job.set(attempt.attemptNumber, attempt);
    jobs.set(key, job);
  }
  const rows: TrainingRow[] = [];
  const leftOut = { no_error_class: 0, no_outcome: 0, unknown_delay: 0, unknown_time: 0 };
  for (const [jobId, job] of jobs) {
    for (const retry of job.values()) {
      if (retry.attemptNumber < 2) continue;
      const row = toRow(jobId, retry, job.get(retry.attemptNumber - 1));
      if (typeof row === 'string') leftOut[row]++;
      else rows.push(row);
    }
  }
  return { rows, leftOut, duplicates };
}

function toRow(jobId: string, retry: LoggedAttempt, failure: LoggedAttempt | undefined): TrainingRow | LeftOut {
  const witness = failure ?? retry;
  if (WITHOUT_OUTCOME.has(retry.status) || failure?.success === true) return 'no_outcome';
  if (witness.errorClass === undefined) return 'no_error_class';
  if (retry.timestampMs === undefined) return 'unknown_time';
  const waitedMs = retry.actualDelayMs ?? retry.delayMs ?? waitBetween(failure, retry);
  if (waitedMs === undefined) return 'unknown_delay';
  const workedMs = retry.processingTimeMs ?? 0;
  return {
    jobId,
    context: {
      ...knownAtFailure(witness, witness.errorClass),
      attemptNumber: retry.attemptNumber - 1,
      failedAtMs: failure?.timestampMs ?? retry.timestampMs - waitedMs - workedMs,
    },
    delayMs: waitedMs,
    success: retry.success,
    atMs: retry.timestampMs,
    ...(retry.propensity !== undefined && { propensity: retry.propensity }),
  };
}

function waitBetween(failure: LoggedAttempt | undefined, retry: LoggedAttempt): number | undefined {
  if (failure?.timestampMs === undefined || retry.timestampMs === undefined) return undefined;
  return waitBetweenMs(failure.timestampMs, retry.timestampMs, retry.processingTimeMs);
}

const FACTS = [
  'tenant',
  'queue',
  'dependency',
  'payloadSize',
  'errorCode',
  'workerVersion',
  'health',
  'timeOfDay',
] as const;

function knownAtFailure(witness: LoggedAttempt, errorClass: string): Omit<RetryFeatures, 'attemptNumber'> {
  const facts = FACTS.filter((name) => witness[name] !== undefined).map((name) => [name, witness[name]] as const);
  return { jobType: witness.jobType, errorClass, ...Object.fromEntries(facts) };
}

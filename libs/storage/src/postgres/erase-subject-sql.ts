import { DECISION_COLUMNS } from './decision-row.js';

/*
 * $1 is the tenant, $2 the job; null is any. Nothing of one statement is seen by another part of it, so what follows from
 * what was deleted is worked out from the deleted rows.
 */
const IS_SUBJECT = '($1::text IS NULL OR tenant = $1) AND ($2::text IS NULL OR job_id = $2)';

/** No roll-up is coarser. */
const COARSEST_GRAIN_MS = 86_400_000;

/**
 * Deletes attempts, and takes what they added out of their roll-ups again. A roll-up does not say which attempts it holds: of
 * those of the same labels around the same time, it is the finest, the one that statistics of today are asked from.
 */
export const ERASE_ATTEMPTS = `
WITH gone AS (
  DELETE FROM attempts WHERE ${IS_SUBJECT}
  RETURNING at_ms, sample_rate, delay_ms, success, is_retry, attempt_number, job_type, followed_class, queue, tenant
),
counted AS (SELECT row_number() OVER () AS n, * FROM gone WHERE is_retry OR attempt_number = 1),
placed AS (
  SELECT DISTINCT ON (n) counted.*, grain_ms, bucket_at_ms, series
  FROM counted JOIN attempt_rollups AS rollup USING (job_type, followed_class, queue, tenant, sample_rate)
  WHERE bucket_at_ms <= at_ms AND bucket_at_ms > at_ms - ${COARSEST_GRAIN_MS} AND bucket_at_ms + grain_ms > at_ms
  ORDER BY n, grain_ms
),
less AS (
  SELECT grain_ms, bucket_at_ms, series,
    count(*) FILTER (WHERE is_retry AND success) AS successful_retries,
    count(*) FILTER (WHERE is_retry AND NOT success) AS failed_retries,
    count(*) FILTER (WHERE NOT is_retry AND success) AS first_tries_succeeded,
    count(*) FILTER (WHERE NOT is_retry AND NOT success) AS first_tries_failed,
    count(delay_ms) FILTER (WHERE is_retry) AS delays_known,
    coalesce(sum(delay_ms) FILTER (WHERE is_retry), 0) AS delay_sum_ms
  FROM placed GROUP BY grain_ms, bucket_at_ms, series
),
reduced AS (
  UPDATE attempt_rollups AS rollup SET
    successful_retries = rollup.successful_retries - less.successful_retries,
    failed_retries = rollup.failed_retries - less.failed_retries,
    first_tries_succeeded = rollup.first_tries_succeeded - less.first_tries_succeeded,
    first_tries_failed = rollup.first_tries_failed - less.first_tries_failed,
    delays_known = rollup.delays_known - less.delays_known,
    delay_sum_ms = rollup.delay_sum_ms - less.delay_sum_ms
  FROM less
  WHERE (rollup.grain_ms, rollup.bucket_at_ms, rollup.series) = (less.grain_ms, less.bucket_at_ms, less.series)
)
SELECT count(*)::int AS erased FROM gone`;

/** Of a whole tenant nothing is left to be exact about, whatever the grain was. */
export const ERASE_ROLLUPS = `
DELETE FROM attempt_rollups WHERE ($2::text IS NULL AND tenant = $1)
  OR successful_retries + failed_retries + first_tries_succeeded + first_tries_failed = 0`;

export const ERASE_COUNTS = `
WITH gone AS (DELETE FROM attempt_counts WHERE $2::text IS NULL AND tenant = $1 RETURNING 1)
SELECT count(*)::int AS erased FROM gone`;

export const ERASE_DECISIONS = `
WITH gone AS (DELETE FROM decisions WHERE ${IS_SUBJECT} RETURNING 1) SELECT count(*)::int AS erased FROM gone`;

export const READ_ATTEMPTS = `
SELECT at_ms, attempt_number, success, job_type, queue, tenant, job_id, details FROM attempts WHERE ${IS_SUBJECT}`;

export const READ_COUNTS = `
SELECT window_start_ms, window_end_ms, job_type, dependency, queue, tenant, succeeded, failed, processing_time_ms
FROM attempt_counts WHERE $2::text IS NULL AND tenant = $1`;

export const READ_DECISIONS = `
SELECT ${DECISION_COLUMNS} FROM decisions WHERE ${IS_SUBJECT}`;

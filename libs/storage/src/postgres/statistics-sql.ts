import {
  AGGREGATION_INTERVALS_MS,
  STATISTICS_DIMENSIONS,
  STATUSES_WITHOUT_OUTCOME,
  type StatisticsDimension,
  type StatisticsQuery,
} from '@smart-retry/domain';
import { MAX_STATISTICS_GROUPS } from '../answer-limits.js';

const DIMENSION_COLUMNS: Readonly<Record<StatisticsDimension, string>> = {
  job_type: 'job_type',
  error_class: 'followed_class',
  queue: 'queue',
  tenant: 'tenant',
};

const COARSEST_GRAIN_MS = Math.max(...AGGREGATION_INTERVALS_MS);

/** The coarsest grain of rollups in the hour that holds `edge`: no bucket reaches across a multiple of it there. */
function grainAround(edge: string): string {
  const hour = `${edge} / ${COARSEST_GRAIN_MS} * ${COARSEST_GRAIN_MS}`;
  return `(SELECT coalesce(max(grain), 1) FROM unnest('{${AGGREGATION_INTERVALS_MS.join(',')}}'::bigint[]) AS grain
    WHERE EXISTS (SELECT FROM attempt_rollups WHERE grain_ms = grain
      AND bucket_at_ms >= ${hour} AND bucket_at_ms < ${hour} + ${COARSEST_GRAIN_MS}))`;
}

const FROM_ROLLUPS = `sample_rate, successful_retries, failed_retries, first_tries_succeeded, first_tries_failed,
  delays_known, delay_sum_ms, last_retry_at_ms, job_type, followed_class, queue, tenant FROM attempt_rollups`;

const FROM_ATTEMPTS = `sample_rate, (is_retry AND success)::integer, (is_retry AND NOT success)::integer,
  (NOT is_retry AND success)::integer, (NOT is_retry AND NOT success)::integer,
  (is_retry AND delay_ms IS NOT NULL)::integer, CASE WHEN is_retry THEN coalesce(delay_ms, 0) ELSE 0 END,
  CASE WHEN is_retry THEN at_ms END, job_type, followed_class, queue, tenant FROM attempts`;

/** As `isFirstTry` says it: the rollups have left out what is neither a retry nor one of these. */
const IS_COUNTED = `(is_retry OR attempt_number = 1
  AND coalesce(details->>'status', '') NOT IN (${STATUSES_WITHOUT_OUTCOME.map((status) => `'${status}'`).join(', ')}))`;

const FROM_COUNTS = `1, 0, 0, succeeded, failed, 0, 0, NULL, job_type, '', queue, tenant FROM attempt_counts`;

/**
 * Statistics over exactly `[from, to)`. The rollups answer for `[lo, hi)`, the widest part of the window that no rollup
 * bucket reaches across; the attempts themselves answer for what is left at both edges. All in one statement, so that
 * every part sees the same snapshot.
 */
export function statisticsStatement(query: StatisticsQuery): { readonly text: string; readonly values: unknown[] } {
  const values: unknown[] = [query.fromMs, query.toMs];
  const filters = STATISTICS_DIMENSIONS.flatMap((dimension) => {
    const value = query.filter[dimension];
    return value === undefined ? [] : [`AND ${DIMENSION_COLUMNS[dimension]} = $${values.push(value)}`];
  }).join(' ');
  // Counts have no error class to be filtered by: they follow no failure.
  const countFilters = filters.replace('AND followed_class =', "AND '' =");
  const group = query.groupBy === undefined ? 'NULL' : `nullif(${DIMENSION_COLUMNS[query.groupBy]}, '')`;
  const lo = '(SELECT lo FROM bounds)';
  const hi = '(SELECT hi FROM bounds)';
  const text = `
WITH aligned AS (
  SELECT ($1::bigint + from_grain - 1) / from_grain * from_grain AS lo, $2::bigint / to_grain * to_grain AS hi
  FROM (SELECT ${grainAround('$1::bigint')} AS from_grain, ${grainAround('$2::bigint')} AS to_grain) AS grains
),
bounds AS MATERIALIZED (
  SELECT CASE WHEN lo < hi THEN lo ELSE $2::bigint END AS lo, CASE WHEN lo < hi THEN hi ELSE $2::bigint END AS hi FROM aligned
),
counted (sample_rate, successful_retries, failed_retries, first_tries_succeeded, first_tries_failed, delays_known,
  delay_sum_ms, last_retry_at_ms, job_type, followed_class, queue, tenant) AS (
  SELECT ${FROM_ROLLUPS} WHERE bucket_at_ms >= ${lo} AND bucket_at_ms < ${hi} ${filters}
  UNION ALL
  SELECT ${FROM_ATTEMPTS} WHERE at_ms >= $1 AND at_ms < ${lo} AND ${IS_COUNTED} ${filters}
  UNION ALL
  SELECT ${FROM_ATTEMPTS} WHERE at_ms >= ${hi} AND at_ms < $2 AND ${IS_COUNTED} ${filters}
  UNION ALL
  SELECT ${FROM_COUNTS} WHERE window_start_ms >= $1 AND window_start_ms < $2 ${countFilters}
),
totals AS (
  SELECT ${group} AS "group",
    coalesce(sum(successful_retries / sample_rate), 0) AS "successfulRetries",
    coalesce(sum(failed_retries / sample_rate), 0) AS "failedRetries",
    sum(delay_sum_ms / sample_rate) / nullif(sum(delays_known / sample_rate), 0) AS "avgDelayMs",
    max(last_retry_at_ms) AS "lastAttemptAtMs",
    coalesce(sum(successful_retries + failed_retries), 0)::bigint AS "recordedRetries",
    coalesce(sum(delays_known), 0)::bigint AS "recordedDelays",
    coalesce(sum(first_tries_succeeded / sample_rate), 0) AS "firstTriesSucceeded",
    coalesce(sum(first_tries_failed / sample_rate), 0) AS "firstTriesFailed"
  FROM counted ${query.groupBy === undefined ? '' : 'GROUP BY 1'}
)
SELECT * FROM totals
ORDER BY "successfulRetries" + "failedRetries" + "firstTriesSucceeded" + "firstTriesFailed" DESC, "group"
LIMIT ${MAX_STATISTICS_GROUPS}`;
  return { text, values };
}

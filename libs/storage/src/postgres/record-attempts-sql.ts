/** Each reads the columns that it needs once; the fresh ones are looked up only where some are not. */
const IS_FRESH = `((SELECT count(*) FROM fresh) = cardinality($1::uuid[]) OR key IN (SELECT key FROM fresh))`;

/**
 * Records attempts in one statement, so in one round trip and one transaction: claims the keys of those not known yet,
 * stores these and adds them to the rollups, and answers the positions of the others, from 1.
 *
 * Keys and rollups are locked in sorted order, so that concurrent calls wait for each other instead of deadlocking. A key
 * claimed by a transaction still running is waited for: "duplicate" is only ever said of a durable attempt.
 *
 * Attempts name their roll-up by number, 0 where none counts them: those are few, and nothing has to be grouped by texts.
 */
export const RECORD_ATTEMPTS = `
WITH fresh AS (
  INSERT INTO attempt_keys_current (key)
  SELECT key FROM unnest($1::uuid[]) AS input (key)
  WHERE NOT EXISTS (SELECT FROM attempt_keys_previous AS previous WHERE previous.key = input.key)
  ORDER BY key
  ON CONFLICT DO NOTHING
  RETURNING key
),
stored AS (
  INSERT INTO attempts (at_ms, recorded_at_ms, attempt_number, sample_rate, delay_ms, success, is_retry, job_type,
    followed_class, queue, tenant, job_id, details, link, recommendation_id, write_id)
  SELECT at_ms, recorded_at_ms, attempt_number, sample_rate, delay_ms, success, is_retry, job_type,
    followed_class, queue, tenant, job_id, details, link, recommendation_id, $26::bigint
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::double precision[], $6::double precision[],
    $7::boolean[], $8::boolean[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::json[],
    $15::json[], $16::text[])
  AS input (key, at_ms, recorded_at_ms, attempt_number, sample_rate, delay_ms, success, is_retry, job_type,
    followed_class, queue, tenant, job_id, details, link, recommendation_id)
  WHERE ${IS_FRESH}
),
counted AS (
  SELECT rollup_number,
    count(*) FILTER (WHERE is_retry AND success) AS successful_retries,
    count(*) FILTER (WHERE is_retry AND NOT success) AS failed_retries,
    count(*) FILTER (WHERE NOT is_retry AND success) AS first_tries_succeeded,
    count(*) FILTER (WHERE NOT is_retry AND NOT success) AS first_tries_failed,
    count(delay_ms) FILTER (WHERE is_retry) AS delays_known,
    coalesce(sum(delay_ms) FILTER (WHERE is_retry), 0) AS delay_sum_ms,
    max(at_ms) FILTER (WHERE is_retry) AS last_retry_at_ms
  FROM unnest($1::uuid[], $2::bigint[], $6::double precision[], $7::boolean[], $8::boolean[], $17::integer[])
  AS input (key, at_ms, delay_ms, success, is_retry, rollup_number)
  WHERE rollup_number > 0 AND ${IS_FRESH}
  GROUP BY rollup_number
),
rolled_up AS (
  INSERT INTO attempt_rollups AS rollup (grain_ms, bucket_at_ms, series, sample_rate, job_type, followed_class, queue,
    tenant, successful_retries, failed_retries, first_tries_succeeded, first_tries_failed, delays_known, delay_sum_ms,
    last_retry_at_ms)
  SELECT grain_ms, bucket_at_ms, series, sample_rate, job_type, followed_class, queue, tenant, successful_retries,
    failed_retries, first_tries_succeeded, first_tries_failed, delays_known, delay_sum_ms, last_retry_at_ms
  FROM counted
  JOIN unnest($18::bigint[], $19::bigint[], $20::uuid[], $21::double precision[], $22::text[], $23::text[],
    $24::text[], $25::text[])
  WITH ORDINALITY AS target (grain_ms, bucket_at_ms, series, sample_rate, job_type, followed_class, queue, tenant, number)
    ON number = rollup_number
  ORDER BY grain_ms, bucket_at_ms, series
  ON CONFLICT (grain_ms, bucket_at_ms, series) DO UPDATE SET
    successful_retries = rollup.successful_retries + excluded.successful_retries,
    failed_retries = rollup.failed_retries + excluded.failed_retries,
    first_tries_succeeded = rollup.first_tries_succeeded + excluded.first_tries_succeeded,
    first_tries_failed = rollup.first_tries_failed + excluded.first_tries_failed,
    delays_known = rollup.delays_known + excluded.delays_known,
    delay_sum_ms = rollup.delay_sum_ms + excluded.delay_sum_ms,
    last_retry_at_ms = greatest(rollup.last_retry_at_ms, excluded.last_retry_at_ms)
)
SELECT position FROM unnest($1::uuid[]) WITH ORDINALITY AS input (key, position) WHERE NOT ${IS_FRESH}`;

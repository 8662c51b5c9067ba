/**
 * Records attempts in one statement, so in one round trip and one transaction: claims the keys of those not known yet,
 * stores these and adds them to the rollups, and answers their positions in the input.
 *
 * Keys and rollups are locked in sorted order, so that concurrent calls wait for each other instead of deadlocking. A key
 * claimed by a transaction still running is waited for: "duplicate" is only ever said of a durable attempt.
 */
export const RECORD_ATTEMPTS = `
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1) AS input (
    position integer, key uuid, at_ms bigint, recorded_at_ms bigint, attempt_number bigint,
    sample_rate double precision, delay_ms double precision, success boolean, is_retry boolean, job_type text,
    followed_class text, queue text, tenant text, job_id text, details json, link json, recommendation_id text,
    grain_ms bigint, bucket_at_ms bigint, series uuid)
),
fresh AS (
  INSERT INTO attempt_keys_current (key)
  SELECT key FROM input
  WHERE NOT EXISTS (SELECT FROM attempt_keys_previous AS previous WHERE previous.key = input.key)
  ORDER BY key
  ON CONFLICT DO NOTHING
  RETURNING key
),
stored AS (
  INSERT INTO attempts (at_ms, recorded_at_ms, attempt_number, sample_rate, delay_ms, success, is_retry, job_type,
    followed_class, queue, tenant, job_id, details, link, recommendation_id, write_id)
  SELECT at_ms, recorded_at_ms, attempt_number, sample_rate, delay_ms, success, is_retry, job_type,
    followed_class, queue, tenant, job_id, details, link, recommendation_id, $2::bigint
  FROM input JOIN fresh USING (key)
),
rolled_up AS (
  INSERT INTO attempt_rollups AS rollup (grain_ms, bucket_at_ms, series, sample_rate, job_type, followed_class, queue,
    tenant, successful_retries, failed_retries, first_tries_succeeded, first_tries_failed, delays_known, delay_sum_ms,
    last_retry_at_ms)
  SELECT grain_ms, bucket_at_ms, series, sample_rate, job_type, followed_class, queue, tenant,
    count(*) FILTER (WHERE is_retry AND success),
    count(*) FILTER (WHERE is_retry AND NOT success),
    count(*) FILTER (WHERE NOT is_retry AND success),
    count(*) FILTER (WHERE NOT is_retry AND NOT success),
    count(delay_ms) FILTER (WHERE is_retry),
    coalesce(sum(delay_ms) FILTER (WHERE is_retry), 0),
    max(at_ms) FILTER (WHERE is_retry)
  FROM input JOIN fresh USING (key)
  WHERE is_retry OR attempt_number = 1
  GROUP BY grain_ms, bucket_at_ms, series, sample_rate, job_type, followed_class, queue, tenant
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
SELECT position FROM input JOIN fresh USING (key)`;

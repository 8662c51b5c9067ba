const DAY_MS = 86_400_000;

/**
 * Stores `attempts` outcomes of 50 job types × 3 error codes × 4 tenants, by one statement a day: as many each day, the
 * last of them up to now. The tables of those days must be there.
 */
export async function fillHistory(client, { attempts, days }) {
  const nowMs = Date.now();
  const perDay = Math.ceil(attempts / days);
  for (let day = days - 1; day >= 0; day--) {
    const endMs = nowMs - day * DAY_MS;
    const spanMs = Math.min(DAY_MS / 2, nowMs % DAY_MS);
    await client.query(FILL, [perDay, endMs - spanMs, spanMs / perDay, `history-${day}-`]);
  }
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
}

const FILL = `
WITH outcome AS MATERIALIZED (
  SELECT i, floor($2::double precision + i * $3::double precision)::bigint AS at_ms, i % 50 AS family,
    500 + i / 50 % 3 AS code, i / 150 % 4 AS tenant, 1 + i / 600 % 4 AS failed_attempt,
    floor(200 * 2 ^ (random() * 12)) AS delay_ms, floor(500 * 2 ^ (random() * 14)) AS incident_age_ms,
    random() AS luck
  FROM generate_series(0, $1::integer - 1) AS i
),
claimed AS (INSERT INTO attempt_keys_current (key) SELECT gen_random_uuid() FROM outcome)
INSERT INTO attempts (at_ms, recorded_at_ms, attempt_number, sample_rate, delay_ms, success, is_retry, job_type,
  followed_class, queue, tenant, job_id, details, link)
SELECT at_ms, at_ms, failed_attempt + 1, 1, delay_ms, luck < delay_ms / (delay_ms + 20000), true, 'job_type_' || family,
  'timeout', 'default', 'tenant_' || tenant, $4 || i, json_build_object('payloadSize', 1024, 'actualDelayMs', delay_ms),
  json_build_object('source', 'recommendation', 'errorClass', 'timeout', 'errorCode', code::text,
    'failedAttemptNumber', failed_attempt, 'delayMs', delay_ms, 'incidentAgeMs', incident_age_ms)
FROM outcome`;

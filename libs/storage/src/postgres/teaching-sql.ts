/*
 * What teaches: an attempt that is linked to a failure, and whose wait is known. What was known at that failure is looked
 * for where it was written down then: in the decision, else in the record of the attempt that failed. The retry's own
 * record gives what belongs to the job, and only where it is linked to itself the rest.
 */
const TEACHES = `at_ms >= $1::bigint AND at_ms < $2::bigint AND link IS NOT NULL AND delay_ms IS NOT NULL`;

/** Longest time, in milliseconds, between a failure and the retry after it for which the two are brought together. */
const REACH_MS = 86_400_000;

export const COUNT_TEACHING = `
SELECT count(*) AS retries, count(*) FILTER (WHERE success) AS successes FROM attempts WHERE ${TEACHES}`;

/** The share of the jobs, by a hash of its own: independent of the samples that recording and canaries take. */
const IS_CHOSEN = `(hashtextextended(job_id, 7203116) & 1048575) < $3::double precision * 1048576`;

/** Decisions are taken apart before they are joined: only what is needed of them is held. */
export const OPEN_TEACHING_CURSOR = `
DECLARE teaching NO SCROLL CURSOR FOR
SELECT retry.job_id, retry.job_type, retry.tenant, retry.queue, retry.details, retry.link, retry.delay_ms, retry.success,
  retry.at_ms, decision.features, decision.propensity, decision.decided_at_ms,
  failed.details AS failed_details, failed.at_ms AS failed_at_ms
FROM attempts AS retry
LEFT JOIN (
  SELECT recommendation_id, features, decided_at_ms,
    coalesce(propensity, (recommendation ->> 'propensity')::double precision) AS propensity
  FROM decisions WHERE should_retry AND decided_at_ms >= $1::bigint - ${REACH_MS} AND decided_at_ms < $2::bigint
  OFFSET 0
) AS decision ON decision.recommendation_id = retry.recommendation_id
LEFT JOIN LATERAL (
  SELECT details, at_ms FROM attempts AS earlier
  WHERE retry.recommendation_id IS NULL AND retry.link ->> 'source' = 'job'
    AND hashtextextended(earlier.job_id, 0) = hashtextextended(retry.job_id, 0) AND earlier.job_id = retry.job_id
    AND NOT earlier.success AND earlier.at_ms >= retry.at_ms - ${REACH_MS} AND earlier.at_ms <= retry.at_ms
    AND earlier.tenant = retry.tenant AND earlier.job_type = retry.job_type
    AND earlier.attempt_number = (retry.link ->> 'failedAttemptNumber')::bigint
  ORDER BY at_ms DESC LIMIT 1
) AS failed ON true
WHERE retry.at_ms >= $1::bigint AND retry.at_ms < $2::bigint AND retry.link IS NOT NULL AND retry.delay_ms IS NOT NULL
  AND ${IS_CHOSEN.replace('job_id', 'retry.job_id')}`;

export const FETCH_TEACHING = (rows: number) => `FETCH ${rows} FROM teaching`;

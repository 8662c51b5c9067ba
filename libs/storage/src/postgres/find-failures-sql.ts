import { STATUSES_WITHOUT_OUTCOME } from '@smart-retry/domain';
import { MAX_CANDIDATES } from '../answer-limits.js';

const FROM_DECISION = `features->>'errorClass', features->>'errorCode', features->>'dependency', decision.attempt_number,
  CASE WHEN should_retry THEN decision.delay_ms::double precision END, CASE WHEN should_retry THEN recommendation_id END,
  (features->>'incidentAgeMs')::double precision,
  (features->>'retryAfterMs')::double precision, decided_at_ms, NULL FROM decisions AS decision`;

const WITHOUT_OUTCOME = STATUSES_WITHOUT_OUTCOME.map((status) => `'${status}'`).join(', ');

/** What may have preceded each of many outcomes. */
export const FIND_FAILURES = `
WITH lookups AS (
  SELECT * FROM json_to_recordset($1) AS lookup (
    position integer, tenant text, job_type text, job_id text, attempt_number bigint, delay_ms bigint, since_ms bigint)
)
SELECT position, candidate.* FROM lookups AS lookup CROSS JOIN LATERAL (
  (SELECT 'recommendedForJob', ${FROM_DECISION}
    WHERE hashtextextended(decision.job_id, 0) = hashtextextended(lookup.job_id, 0) AND decision.job_id = lookup.job_id
      AND decision.tenant = lookup.tenant AND decision.job_type = lookup.job_type
      AND decision.attempt_number IN (lookup.attempt_number, lookup.attempt_number - 1)
    ORDER BY decided_at_ms DESC, recommendation_id DESC LIMIT ${MAX_CANDIDATES})
  UNION ALL
  (SELECT 'recordedForJob', details->>'errorClass', details->>'errorCode',
    CASE WHEN attempt.job_type = lookup.job_type THEN details->>'dependency' END, attempt.attempt_number, NULL, NULL, NULL, NULL, at_ms,
    (details->>'isTimedByReceipt')::boolean
    FROM attempts AS attempt
    WHERE hashtextextended(attempt.job_id, 0) = hashtextextended(lookup.job_id, 0) AND attempt.job_id = lookup.job_id
      AND attempt.tenant = lookup.tenant AND NOT success AND attempt.attempt_number = lookup.attempt_number - 1
      AND details->>'errorClass' IS NOT NULL
      AND coalesce(details->>'status', '') NOT IN (${WITHOUT_OUTCOME})
    ORDER BY at_ms DESC LIMIT ${MAX_CANDIDATES})
  UNION ALL
  (SELECT 'recommendedForShape', ${FROM_DECISION}
    WHERE hashtextextended(decision.job_type, (decision.attempt_number << 32) # decision.delay_ms)
        = hashtextextended(lookup.job_type, (lookup.attempt_number << 32) # lookup.delay_ms)
      AND decision.job_type = lookup.job_type AND decision.attempt_number = lookup.attempt_number
      AND decision.delay_ms = lookup.delay_ms AND decision.tenant = lookup.tenant
      AND decision.job_id IS NULL AND should_retry AND decided_at_ms >= lookup.since_ms
    ORDER BY decided_at_ms DESC, recommendation_id DESC LIMIT ${MAX_CANDIDATES})
) AS candidate (list, error_class, error_code, dependency, attempt_number, delay_ms, recommendation_id,
  incident_age_ms, hint_ms, at_ms, is_timed_by_receipt)`;

import type { AttemptCounts, KeptResponse } from '@smart-retry/domain';
import { KEEP_RESPONSE_CTES, keepResponseParameters } from './kept-response-sql.js';
import { toStorableJson } from './storable-json.js';

/** Stores counts and, in the same transaction, the response to keep; answers no row when its key is in use, and then stores nothing. */
export function recordCountsStatement(
  counts: readonly AttemptCounts[],
  keep: KeptResponse | undefined,
): { readonly text: string; readonly values: unknown[] } {
  const kept = keep === undefined ? [] : keepResponseParameters(keep);
  const ifKept = keep === undefined ? '' : 'WHERE EXISTS (SELECT FROM kept)';
  const text = `
WITH ${keep === undefined ? '' : `${KEEP_RESPONSE_CTES},`} stored AS (
  INSERT INTO attempt_counts (window_start_ms, window_end_ms, job_type, dependency, queue, tenant, succeeded, failed,
    processing_time_ms)
  SELECT * FROM json_to_recordset($${kept.length + 1}) AS input (window_start_ms bigint, window_end_ms bigint,
    job_type text, dependency text, queue text, tenant text, succeeded bigint, failed bigint,
    processing_time_ms double precision)
  ${ifKept}
)
SELECT 1 ${ifKept}`;
  return { text, values: [...kept, toStorableJson(counts.map(toInput))] };
}

function toInput(counts: AttemptCounts) {
  return {
    window_start_ms: counts.windowStartMs,
    window_end_ms: counts.windowEndMs,
    job_type: counts.jobType,
    dependency: counts.dependency,
    queue: counts.queue ?? '',
    tenant: counts.tenant ?? '',
    succeeded: counts.succeeded,
    failed: counts.failed,
    processing_time_ms: counts.processingTimeMs,
  };
}

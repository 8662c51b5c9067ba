import type { KeptResponse } from '@smart-retry/domain';
import { KEPT_RESPONSE_TTL_MS } from '../kept-responses.js';

/**
 * CTEs `expired, kept`: keeps a response under parameters $1–$5 and forgets expired ones. `kept` is empty when the key
 * is in use; a write under the same key that has not ended yet is waited for.
 */
export const KEEP_RESPONSE_CTES = `
expired AS (
  DELETE FROM kept_responses WHERE key IN (
    SELECT key FROM kept_responses WHERE kept_at_ms <= $5::bigint - ${KEPT_RESPONSE_TTL_MS} AND key <> $1
    FOR UPDATE SKIP LOCKED)
),
kept AS (
  INSERT INTO kept_responses AS r (key, fingerprint, status, body, kept_at_ms) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (key) DO UPDATE
    SET fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body, kept_at_ms = excluded.kept_at_ms
    WHERE r.kept_at_ms <= excluded.kept_at_ms - ${KEPT_RESPONSE_TTL_MS}
  RETURNING key
)`;

export function keepResponseParameters(response: KeptResponse): [string, string, number, string, number] {
  return [response.key, response.fingerprint, response.status, response.body, response.keptAtMs];
}

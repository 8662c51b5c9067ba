import type { KeptResponse } from '@smart-retry/domain';
import type { EntityManager } from 'typeorm';
import { keyAlreadyKept } from '../kept-responses.js';
import { KEEP_RESPONSE_CTES, keepResponseParameters } from './kept-response-sql.js';

/** Keeps a response within the transaction of the write that it answers. @throws {IDEMPOTENCY_KEY_REUSED} */
export async function keepResponse(manager: EntityManager, response: KeptResponse): Promise<void> {
  const kept: readonly unknown[] = await manager.query(
    `WITH ${KEEP_RESPONSE_CTES} SELECT key FROM kept`,
    keepResponseParameters(response),
  );
  if (kept.length === 0) throw keyAlreadyKept();
}

import type { KeptResponse } from '@smart-retry/domain';
import { keyAlreadyKept } from '../kept-responses.js';
import type { Transaction } from './append-change.js';
import { KEEP_RESPONSE_CTES, keepResponseParameters } from './kept-response-sql.js';

/** Keeps a response within the transaction of the write that it answers. @throws {IDEMPOTENCY_KEY_REUSED} */
export async function keepResponse(transaction: Transaction, response: KeptResponse): Promise<void> {
  const kept = (await transaction.query(
    `WITH ${KEEP_RESPONSE_CTES} SELECT key FROM kept`,
    keepResponseParameters(response),
  )) as readonly unknown[];
  if (kept.length === 0) throw keyAlreadyKept();
}

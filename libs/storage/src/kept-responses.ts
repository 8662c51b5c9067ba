import { SmartRetryError } from '@smart-retry/domain';
import { DAY_MS } from './utc-days.js';

/** How long a response is kept under its idempotency key. */
export const KEPT_RESPONSE_TTL_MS = DAY_MS;

/** Two writes under one key ran at once: the later one must not happen, and can answer what the earlier one kept. */
export function keyAlreadyKept(): SmartRetryError {
  return new SmartRetryError('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key has been used by another write just now');
}

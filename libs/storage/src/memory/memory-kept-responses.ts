import type { EpochMs, KeptResponse } from '@smart-retry/domain';
import { KEPT_RESPONSE_TTL_MS, keyAlreadyKept } from '../kept-responses.js';

/** Responses under their idempotency keys, shared by the stores whose writes keep one. */
export class MemoryKeptResponses {
  readonly #responses = new Map<string, KeptResponse>();

  /** @throws {IDEMPOTENCY_KEY_REUSED} when a response is already kept under the key. */
  assertFree(response: KeptResponse): void {
    if (this.find(response.key, response.keptAtMs) !== null) throw keyAlreadyKept();
  }

  keep(response: KeptResponse): void {
    for (const [key, { keptAtMs }] of this.#responses)
      if (hasExpired(keptAtMs, response.keptAtMs)) this.#responses.delete(key);
    this.#responses.set(response.key, response);
  }

  find(key: string, nowMs: EpochMs): KeptResponse | null {
    const response = this.#responses.get(key);
    return response === undefined || hasExpired(response.keptAtMs, nowMs) ? null : response;
  }
}

function hasExpired(keptAtMs: EpochMs, nowMs: EpochMs): boolean {
  return nowMs >= keptAtMs + KEPT_RESPONSE_TTL_MS;
}

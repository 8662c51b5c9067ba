import type { Caller } from './caller.js';

/** What is left to a caller. */
export interface Allowance {
  /** Requests a second. */
  readonly limit: number;
  readonly isAllowed: boolean;
  /** Requests that it may make at once. */
  readonly remaining: number;
  /** Until it may make one more; 0 while it may. */
  readonly waitMs: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/**
 * Counts requests by caller: each may save up what it is allowed in a second. A caller's count goes with it when keys
 * change, so what is held is bounded by the keys.
 */
export class RequestMeter {
  readonly #defaultPerSecond: number | null;
  readonly #buckets = new WeakMap<Caller, Bucket>();

  /** @param defaultPerSecond for callers whose key says nothing; null for no limit. */
  constructor(defaultPerSecond: number | null) {
    this.#defaultPerSecond = defaultPerSecond;
  }

  /** Takes one request off; null where the caller has no limit. */
  take(caller: Caller, nowMs: number): Allowance | null {
    const limit = caller.requestsPerSecond ?? this.#defaultPerSecond;
    if (limit === null) return null;
    const bucket = this.#bucketOf(caller, limit, nowMs);
    bucket.tokens = Math.min(limit, bucket.tokens + ((nowMs - bucket.filledAtMs) * limit) / 1_000);
    bucket.filledAtMs = nowMs;
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens -= 1;
    const waitMs = bucket.tokens >= 1 ? 0 : ((1 - bucket.tokens) * 1_000) / limit;
    return { limit, isAllowed, remaining: Math.floor(bucket.tokens), waitMs };
  }

  #bucketOf(caller: Caller, limit: number, nowMs: number): Bucket {
    let bucket = this.#buckets.get(caller);
    if (bucket === undefined) {
      bucket = { tokens: limit, filledAtMs: nowMs };
      this.#buckets.set(caller, bucket);
    }
    return bucket;
  }
}

import type { EpochMs } from '@smart-retry/domain';

/** How far the configuration in force can be relied on: confirmed lately, perhaps out of date, or too old to retry by. */
export type ConfigurationFreshness = 'confirmed' | 'stale' | 'expired';

/** When the configuration was last known to be the newest. */
export class Confirmations {
  readonly #staleAfterMs: number;
  readonly #expiresAfterMs: number;
  readonly #startedAtMs: EpochMs;
  #lastAtMs: EpochMs | null = null;

  /** @param options.expiresAfterMs Infinity for never. */
  constructor(options: { readonly staleAfterMs: number; readonly expiresAfterMs: number; readonly nowMs: EpochMs }) {
    this.#staleAfterMs = options.staleAfterMs;
    this.#expiresAfterMs = options.expiresAfterMs;
    this.#startedAtMs = options.nowMs;
  }

  confirm(atMs: EpochMs): void {
    this.#lastAtMs = Math.max(this.#lastAtMs ?? atMs, atMs);
  }

  /** A process that has just begun has as long to find a store as one that has lost it. */
  freshnessAt(nowMs: EpochMs): ConfigurationFreshness {
    if (nowMs - (this.#lastAtMs ?? this.#startedAtMs) > this.#expiresAfterMs) return 'expired';
    return this.#lastAtMs === null || nowMs - this.#lastAtMs > this.#staleAfterMs ? 'stale' : 'confirmed';
  }
}

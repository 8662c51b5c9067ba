import type { Outages } from './outages.js';

export interface SpareCapacitySettings {
  /** When no retry should come. */
  readonly busy: Outages;
  /** Retries that fit into a second beside the first tries. */
  readonly retriesPerSecond: number;
}

/** Hands out places for retries, so that together they never overload a server. */
export class SpareCapacity {
  readonly #settings: SpareCapacitySettings;
  #nextMs = 0;

  constructor(settings: SpareCapacitySettings) {
    this.#settings = settings;
  }

  /** The first free place from `atMs` on. */
  reserve(atMs: number): number {
    const fromMs = Math.max(atMs, this.#nextMs);
    const placeMs = this.#settings.busy.at(fromMs)?.toMs ?? fromMs;
    this.#nextMs = placeMs + 1_000 / this.#settings.retriesPerSecond;
    return placeMs;
  }
}

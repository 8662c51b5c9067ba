import { coin } from '../random.js';

export interface RateLimitSettings {
  readonly seed: number;
  readonly windowMs: number;
  /** Calls allowed in each window. */
  readonly quota: number;
  /** Mean share of the quota that others use, evenly over the window. */
  readonly othersShare: number;
  /** When our own first tries come. */
  readonly firstTriesAtMs: readonly number[];
}

const PURPOSE_OTHERS = 0x6f74;

/** A fixed-window rate limit shared with other callers. Refused calls cost nothing. */
export class RateLimit {
  readonly #settings: RateLimitSettings;
  /** Our calls let through, and first tries to come, by window. */
  readonly #taken = new Map<number, number>();
  readonly #firstTries = new Map<number, number>();
  readonly #reserved = new Map<number, number>();

  constructor(settings: RateLimitSettings) {
    this.#settings = settings;
    for (const atMs of settings.firstTriesAtMs) increment(this.#firstTries, this.#windowOf(atMs));
  }

  /** Whether a call is let through; counts it if so. */
  take(atMs: number): boolean {
    const { windowMs, quota } = this.#settings;
    const window = this.#windowOf(atMs);
    const elapsedShare = atMs / windowMs - window;
    const others = Math.floor(this.#othersOf(window) * elapsedShare);
    if ((this.#taken.get(window) ?? 0) + others >= quota) return false;
    increment(this.#taken, window);
    return true;
  }

  /** Until the window ends. */
  remainingMs(atMs: number): number {
    return (this.#windowOf(atMs) + 1) * this.#settings.windowMs - atMs;
  }

  /** Reserves the first call after the present window that takes nobody else's place; answers when it is. */
  reserve(atMs: number): number {
    const { quota, windowMs } = this.#settings;
    let window = this.#windowOf(atMs) + 1;
    const freeOf = (w: number) => quota - Math.ceil(this.#othersOf(w)) - (this.#firstTries.get(w) ?? 0);
    while ((this.#reserved.get(window) ?? 0) >= freeOf(window)) window++;
    return window * windowMs + increment(this.#reserved, window);
  }

  #windowOf(atMs: number): number {
    return Math.floor(atMs / this.#settings.windowMs);
  }

  #othersOf(window: number): number {
    const { seed, quota, othersShare } = this.#settings;
    return quota * othersShare * (0.5 + coin(seed, PURPOSE_OTHERS, window, 0));
  }
}

function increment(counts: Map<number, number>, key: number): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

import { LRUCache } from 'lru-cache';
import { FAILURE_WINDOW_MS, type Clock, type EpochMs, type FailureCounters } from '@smart-retry/domain';
import { repeat } from './repeat.js';

export interface FailureWindowOptions {
  readonly counters: FailureCounters;
  readonly exchangeIntervalMs: number;
  /** Dependencies tracked at once; those unseen for longest go first. */
  readonly maxDependencies: number;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

interface Tally {
  /** Failures of the window by all processes, as of the last exchange. */
  shared: number;
  /** Failures here since then. */
  unshared: number;
  seenAtMs: EpochMs;
}

/** How many failures each dependency had lately, in all processes; read at once, exchanged in the background. */
export class FailureWindow {
  readonly #options: FailureWindowOptions;
  #stop: (() => void) | undefined;
  readonly #tallies: LRUCache<string, Tally>;
  #isExchanging = false;

  constructor(options: FailureWindowOptions) {
    this.#options = options;
    this.#tallies = new LRUCache({ max: options.maxDependencies });
  }

  /** Exchanges in the background until `stop`. */
  start(): void {
    const { exchangeIntervalMs: intervalMs, onError } = this.#options;
    this.#stop = repeat(() => this.exchange(), { intervalMs, onError });
  }

  count(dependency: string, atMs: EpochMs): void {
    const tally = this.#tallies.get(dependency);
    if (tally === undefined) {
      this.#tallies.set(dependency, { shared: 0, unshared: 1, seenAtMs: atMs });
      return;
    }
    tally.unshared++;
    tally.seenAtMs = atMs;
  }

  recent(dependency: string): number {
    const tally = this.#tallies.peek(dependency);
    return tally === undefined ? 0 : tally.shared + tally.unshared;
  }

  /** Gives what was counted here and takes what all processes have counted. Never rejects. */
  async exchange(): Promise<void> {
    // A second exchange beside a slow one would give the same increments twice.
    if (this.#isExchanging) return;
    const nowMs = this.#options.clock();
    const increments = new Map<string, number>();
    for (const [dependency, tally] of [...this.#tallies]) {
      if (tally.seenAtMs < nowMs - FAILURE_WINDOW_MS) this.#tallies.delete(dependency);
      else increments.set(dependency, tally.unshared);
    }
    if (increments.size === 0) return;
    this.#isExchanging = true;
    try {
      const sums = await this.#options.counters.add(increments, nowMs);
      for (const [dependency, sum] of sums) {
        const tally = this.#tallies.peek(dependency);
        if (tally === undefined) continue;
        tally.shared = sum;
        tally.unshared -= increments.get(dependency) ?? 0;
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#isExchanging = false;
    }
  }

  stop(): void {
    this.#stop?.();
  }
}

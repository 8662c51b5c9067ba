import type { Outages } from './outages.js';

export interface LoadedServerSettings {
  /** Calls that can be worked off in a second. */
  readonly callsPerSecond: number;
  /** Callers give up after this long; what they asked for is worked off all the same. */
  readonly timeoutMs: number;
  /** Calls that would wait longer than this are turned away. */
  readonly maxBacklogMs: number;
  /** Work of turning a call away, in calls. */
  readonly rejectionWork: number;
  readonly slowdowns: Outages;
  /** Speed during a slowdown, as a share; 0: down, nothing is accepted. */
  readonly slowSpeed: number;
}

export type Service = 'served' | 'timed-out' | 'rejected';

/**
 * A server with a queue: calls that wait longer than their callers do are worked off for nobody. Once the backlog is
 * longer than the timeout everything fails, and retries keep it there: a metastable failure.
 *
 * @see Huang et al., "Metastable Failures in the Wild", OSDI 2022
 * @see Marc Brooker, "Metastability and Distributed Systems"
 */
export class LoadedServer {
  readonly #settings: LoadedServerSettings;
  /** Calls waiting, parts of one included. */
  #backlog = 0;
  #lastMs = 0;

  constructor(settings: LoadedServerSettings) {
    this.#settings = settings;
  }

  /** How long a call that comes now would wait; calls come in order of time. */
  waitMs(atMs: number): number {
    this.#drainUntil(atMs);
    return (1_000 * this.#backlog) / this.#settings.callsPerSecond / this.#speedAt(atMs);
  }

  call(atMs: number): Service {
    const { timeoutMs, maxBacklogMs, rejectionWork, slowSpeed } = this.#settings;
    if (slowSpeed === 0 && this.#settings.slowdowns.at(atMs) !== null) return 'rejected';
    const waitMs = this.waitMs(atMs);
    if (waitMs > maxBacklogMs) {
      this.#backlog += rejectionWork;
      return 'rejected';
    }
    this.#backlog += 1;
    return waitMs > timeoutMs ? 'timed-out' : 'served';
  }

  #speedAt(atMs: number): number {
    return this.#settings.slowdowns.at(atMs) === null ? 1 : this.#settings.slowSpeed;
  }

  #drainUntil(atMs: number): void {
    const { callsPerSecond, slowdowns, slowSpeed } = this.#settings;
    const slowMs = slowdowns.overlapMs(this.#lastMs, atMs);
    const workedMs = atMs - this.#lastMs - slowMs * (1 - slowSpeed);
    this.#backlog = Math.max(0, this.#backlog - (callsPerSecond * workedMs) / 1_000);
    this.#lastMs = atMs;
  }
}

import { SmartRetryError } from '@smart-retry/domain';
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  TaskCancelledError,
  TimeoutStrategy,
  circuitBreaker,
  handleWhen,
  timeout,
} from 'cockatiel';
import { watchEventLoop, type EventLoopStalls } from './event-loop-stalls.js';

/** `unreachable`: nobody answers, stop asking for a while. `busy`: this one call failed for want of time or room. `defect`: ours to fix. */
export type StoreFailure = 'unreachable' | 'busy' | 'defect';

export interface StoreBreakerOptions {
  /** As people call it: `the database`. */
  readonly store: string;
  /** After this long an operation is given up, whatever the driver does. */
  readonly timeoutMs: number;
  /** How long nobody is asked after a failure, and what callers are told to wait. */
  readonly openMs?: number;
  readonly classify: (error: unknown) => StoreFailure;
  /** When this process could not even listen; default: the machine's own. */
  readonly stalls?: Pick<EventLoopStalls, 'now' | 'wasStalledSince'>;
}

/** Nobody answered, while this process itself stood still and could not have heard it. */
class UnheardError extends Error {}

/** Makes a dead store cost one timeout: the first failure to reach it opens the breaker, one probe at a time closes it again. */
export class StoreBreaker {
  readonly #options: StoreBreakerOptions;
  readonly #openMs: number;
  readonly #circuit;
  readonly #stalls: Pick<EventLoopStalls, 'now' | 'wasStalledSince'>;
  /** Why nobody is asked while the breaker is open. */
  #lastFailure: unknown;

  constructor(options: StoreBreakerOptions) {
    this.#options = options;
    this.#openMs = options.openMs ?? 1_000;
    this.#stalls = options.stalls ?? watchEventLoop();
    this.#circuit = circuitBreaker(
      handleWhen((error) => this.#isUnreachable(error)),
      { halfOpenAfter: this.#openMs, breaker: new ConsecutiveBreaker(1) },
    );
  }

  /** @throws {STORE_UNAVAILABLE} when the store does not answer in time, or has just not answered somebody else. */
  async run<T>(operation: () => Promise<T>, { timeoutMs = this.#options.timeoutMs } = {}): Promise<T> {
    // While the probe runs nobody waits behind it: it may take the whole timeout.
    if (this.#circuit.state === CircuitState.HalfOpen) throw this.#unavailable(this.#lastFailure);
    try {
      // Signals of their own for each call: all would otherwise listen to one that the library shares, which warns of a leak.
      return await this.#circuit.execute(() => this.#attempt(operation, timeoutMs), new AbortController().signal);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async #attempt<T>(operation: () => Promise<T>, timeoutMs: number): Promise<T> {
    const startedAtMs = this.#stalls.now();
    try {
      const limited = timeout(timeoutMs, TimeoutStrategy.Aggressive);
      return await limited.execute(operation, new AbortController().signal);
    } catch (error) {
      if (!this.#isUnreachable(error)) throw error;
      if (this.#stalls.wasStalledSince(startedAtMs)) {
        throw new UnheardError('the process was too busy to hear an answer', { cause: error });
      }
      this.#lastFailure = error;
      throw error;
    }
  }

  #isUnreachable(error: unknown): boolean {
    return error instanceof TaskCancelledError || this.#options.classify(error) === 'unreachable';
  }

  #translate(error: unknown): unknown {
    if (error instanceof BrokenCircuitError) return this.#unavailable(this.#lastFailure);
    const isSilence = error instanceof TaskCancelledError || error instanceof UnheardError;
    return isSilence || this.#options.classify(error) !== 'defect' ? this.#unavailable(error) : error;
  }

  #unavailable(cause?: unknown): SmartRetryError {
    return new SmartRetryError('STORE_UNAVAILABLE', `${this.#options.store} does not answer; try again later`, {
      cause,
      retryAfterMs: this.#openMs,
    });
  }
}

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
  wrap,
} from 'cockatiel';

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
}

/** Makes a dead store cost one timeout: the first failure to reach it opens the breaker, one probe at a time closes it again. */
export class StoreBreaker {
  readonly #options: StoreBreakerOptions;
  readonly #openMs: number;
  readonly #circuit;

  constructor(options: StoreBreakerOptions) {
    this.#options = options;
    this.#openMs = options.openMs ?? 1_000;
    this.#circuit = circuitBreaker(
      handleWhen((error) => error instanceof TaskCancelledError || options.classify(error) === 'unreachable'),
      { halfOpenAfter: this.#openMs, breaker: new ConsecutiveBreaker(1) },
    );
  }

  /** @throws {STORE_UNAVAILABLE} when the store does not answer in time, or has just not answered somebody else. */
  async run<T>(operation: () => Promise<T>, { timeoutMs = this.#options.timeoutMs } = {}): Promise<T> {
    // While the probe runs nobody waits behind it: it may take the whole timeout.
    if (this.#circuit.state === CircuitState.HalfOpen) throw this.#unavailable();
    try {
      const policy = wrap(this.#circuit, timeout(timeoutMs, TimeoutStrategy.Aggressive));
      // A signal of its own for each call: all would otherwise listen to one that the library shares, which warns of a leak.
      return await policy.execute(operation, new AbortController().signal);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): unknown {
    const isRefusal = error instanceof BrokenCircuitError || error instanceof TaskCancelledError;
    return isRefusal || this.#options.classify(error) !== 'defect' ? this.#unavailable(error) : error;
  }

  #unavailable(cause?: unknown): SmartRetryError {
    return new SmartRetryError('STORE_UNAVAILABLE', `${this.#options.store} does not answer; try again later`, {
      cause,
      retryAfterMs: this.#openMs,
    });
  }
}

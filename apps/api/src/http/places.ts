import { SmartRetryError } from '@smart-retry/domain';

const RETRY_AFTER_MS = 10_000;

/** Bounds work that takes a database connection of its own: who finds no place is refused, and the pools go on as before. */
export class Places {
  readonly #limit: number;
  readonly #what: string;
  #taken = 0;

  /** @param what completes "2 … run already" */
  constructor(limit: number, what: string) {
    this.#limit = limit;
    this.#what = what;
  }

  /** Takes a place until what it answers is called. @throws {OVERLOADED} when none is free. */
  take(): () => void {
    if (this.#taken >= this.#limit) {
      throw new SmartRetryError('OVERLOADED', `${this.#limit} ${this.#what} run in this process already`, {
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    this.#taken++;
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken--;
      isTaken = false;
    };
  }

  /** Holds a place while `work` runs. @throws {OVERLOADED} when none is free. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const leave = this.take();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}

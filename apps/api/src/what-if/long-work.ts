import { Injectable } from '@nestjs/common';
import { SmartRetryError } from '@smart-retry/domain';
import { runInSlices } from './run-in-slices.js';

const MAX_PIECES = 8;
const RETRY_AFTER_MS = 5_000;

/** Runs one piece of long work at a time, in slices, so that several of them weigh on others no more than one. */
@Injectable()
export class LongWork {
  #last: Promise<unknown> = Promise.resolve();
  #pieces = 0;

  /** @throws {OVERLOADED} when too many are waiting already. */
  async run<T>(work: Generator<unknown, T>): Promise<T> {
    if (this.#pieces >= MAX_PIECES) {
      throw new SmartRetryError('OVERLOADED', `${MAX_PIECES} such questions are waiting already`, {
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    this.#pieces++;
    const before = this.#last;
    const answer = before.then(() => runInSlices(work));
    this.#last = answer.catch(() => undefined);
    try {
      return await answer;
    } finally {
      this.#pieces--;
    }
  }
}

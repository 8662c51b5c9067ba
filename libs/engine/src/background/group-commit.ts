import { SmartRetryError } from '@smart-retry/domain';

export interface GroupCommitOptions<Item, Result> {
  /** Writes all items or none, and answers for each in order. */
  readonly write: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly maxBatchItems: number;
  /** Writes under way at once: while one waits for the store, the next batch gathers and is prepared. */
  readonly maxInFlight: number;
  /** Items waiting beyond which new ones are refused. */
  readonly maxQueuedItems: number;
  readonly onBatch?: (size: number) => void;
}

interface Waiting<Item, Result> {
  readonly items: readonly Item[];
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers the items of concurrent callers into few large writes; each caller waits until its own are durable. */
export class GroupCommit<Item, Result> {
  readonly #options: GroupCommitOptions<Item, Result>;
  #queue: Waiting<Item, Result>[] = [];
  #queuedItems = 0;
  #inFlight = 0;
  #isScheduled = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.#options = options;
  }

  /**
   * @throws {OVERLOADED} when too much is waiting already
   * @throws whatever `write` throws; then nothing of these items is stored
   */
  submit(items: readonly Item[]): Promise<readonly Result[]> {
    if (items.length === 0) return Promise.resolve([]);
    if (this.#queuedItems + items.length > this.#options.maxQueuedItems) {
      return Promise.reject(
        new SmartRetryError('OVERLOADED', 'more attempts are waiting to be stored than fit', { retryAfterMs: 1_000 }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ items, resolve, reject });
      this.#queuedItems += items.length;
      this.#schedule();
    });
  }

  /** Resolves once everything submitted so far has been written or refused. */
  drain(): Promise<void> {
    if (this.#queue.length === 0 && this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // After the current turn of the event loop: requests that arrived together are written together.
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#queue.length > 0 && this.#inFlight < this.#options.maxInFlight) void this.#writeBatch();
    });
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#takeBatch();
    this.#inFlight++;
    try {
      const items = batch.flatMap((waiting) => waiting.items);
      this.#options.onBatch?.(items.length);
      const results = await this.#options.write(items);
      let from = 0;
      for (const waiting of batch) waiting.resolve(results.slice(from, (from += waiting.items.length)));
    } catch (error) {
      await this.#settleOneByOne(batch, error);
    } finally {
      this.#inFlight--;
      if (this.#queue.length > 0) this.#schedule();
      else if (this.#inFlight === 0) this.#whenIdle.splice(0).forEach((resolve) => resolve());
    }
  }

  /** A store that is away fails them all; any other failure is one caller's, and must not spoil the others' items. */
  async #settleOneByOne(batch: readonly Waiting<Item, Result>[], error: unknown): Promise<void> {
    if (batch.length === 1 || (error instanceof SmartRetryError && error.kind === 'unavailable')) {
      batch.forEach((waiting) => waiting.reject(error));
      return;
    }
    for (const waiting of batch) {
      await this.#options.write(waiting.items).then(waiting.resolve, waiting.reject);
    }
  }

  #takeBatch(): Waiting<Item, Result>[] {
    let size = 0;
    let count = 0;
    for (const { items } of this.#queue) {
      if (count > 0 && size + items.length > this.#options.maxBatchItems) break;
      size += items.length;
      count++;
    }
    this.#queuedItems -= size;
    return this.#queue.splice(0, count);
  }
}

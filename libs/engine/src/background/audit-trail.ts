import { SmartRetryError, type DecisionRecord, type DecisionStore } from '@smart-retry/domain';
import { repeat } from './repeat.js';

export interface AuditTrailOptions<Sealed> {
  readonly store: Pick<DecisionStore<Sealed>, 'seal' | 'append'>;
  readonly flushIntervalMs: number;
  readonly maxBatchRecords: number;
  /** Records held while the store is away; beyond it new ones are dropped and counted. */
  readonly maxPendingRecords: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Sealed one after the other, records cost less than half of what each costs between two requests (measured; why is not known
 * for sure). Not more of them: records that wait are copied by the collector, rows are not.
 */
const SEALED_TOGETHER = 32;

/** Writes decisions behind, in batches, so that no decision waits for its own record. */
export class AuditTrail<Sealed = unknown> {
  readonly #options: AuditTrailOptions<Sealed>;
  #stop: (() => void) | undefined;
  #unsealed: DecisionRecord[] = [];
  #pending: Sealed[] = [];
  #writing: Promise<void> | null = null;
  #isStoreAway = false;
  #written = 0;
  #dropped = 0;

  constructor(options: AuditTrailOptions<Sealed>) {
    this.#options = options;
  }

  /** Flushes in the background until `close`. */
  start(): void {
    const { flushIntervalMs: intervalMs, onError } = this.#options;
    this.#stop = repeat(() => this.flush(), { intervalMs, onError });
  }

  /** Whether one more record would be kept. */
  get canTake(): boolean {
    return this.#waiting < this.#options.maxPendingRecords;
  }

  get stats(): { readonly written: number; readonly dropped: number; readonly pending: number } {
    return { written: this.#written, dropped: this.#dropped, pending: this.#waiting };
  }

  get #waiting(): number {
    return this.#pending.length + this.#unsealed.length;
  }

  append(record: DecisionRecord): void {
    if (!this.canTake) {
      this.#dropped++;
      return;
    }
    const { maxBatchRecords } = this.#options;
    if (this.#unsealed.push(record) < Math.min(SEALED_TOGETHER, maxBatchRecords)) return;
    this.#seal();
    const isBatchFull = this.#pending.length >= maxBatchRecords;
    if (isBatchFull && this.#writing === null && !this.#isStoreAway) void this.flush();
  }

  /** Resolves when all that was appended before is written, or the store has refused it once more. Never rejects. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    this.#writing = this.#writePending();
    await this.#writing;
    this.#writing = null;
  }

  /** Flushes a last time and stops. */
  async close(): Promise<void> {
    this.#stop?.();
    await this.flush();
  }

  #seal(): void {
    const { store, onError } = this.#options;
    const records = this.#unsealed;
    this.#unsealed = [];
    for (const record of records) {
      try {
        this.#pending.push(store.seal(record));
      } catch (error) {
        this.#dropped++;
        onError(error);
      }
    }
  }

  async #writePending(): Promise<void> {
    this.#seal();
    // Only what is there now: under steady load a flush would otherwise never end.
    let left = this.#pending.length;
    while (left > 0) {
      const batch = this.#pending.slice(0, Math.min(left, this.#options.maxBatchRecords));
      try {
        await this.#options.store.append(batch);
        this.#written += batch.length;
        this.#isStoreAway = false;
      } catch (error) {
        this.#options.onError(error);
        this.#isStoreAway = error instanceof SmartRetryError && error.kind === 'unavailable';
        if (this.#isStoreAway) return;
        // A batch that the store will never take must not block all that follow.
        this.#dropped += batch.length;
      }
      this.#pending = this.#pending.slice(batch.length);
      left -= batch.length;
    }
  }
}

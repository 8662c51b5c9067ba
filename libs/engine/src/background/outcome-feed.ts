import {
  taughtOutcomeOf,
  type AttemptRecord,
  type AttemptStore,
  type EpochMs,
  type OutcomeHistory,
  type OutcomePage,
  type TaughtOutcome,
} from '@smart-retry/domain';
import { repeat } from './repeat.js';

/** Whoever learns from outcomes. What it has learned must not depend on the order in which they come. */
export interface OutcomeLearner {
  /** All of it: the history is about to be told from the beginning. */
  forget(): void;
  /** The past has been told to its end, at the start and after each `forget`. */
  settle(): void;
  learn(outcomes: readonly TaughtOutcome[]): void;
}

export interface OutcomeFeedOptions {
  readonly history: OutcomeHistory;
  readonly attempts: Pick<AttemptStore, 'record'>;
  readonly learner: OutcomeLearner;
  /** How far back the history teaches. */
  readonly sinceMs: () => EpochMs;
  readonly pollIntervalMs: number;
  /** Most outcomes learned in one turn of the event loop: requests are answered between two pages. */
  readonly pageOutcomes: number;
  /** A uniform 32-bit integer. */
  readonly randomWord: () => number;
  readonly onError: (error: unknown) => void;
}

/**
 * A write of this process whose outcomes may still come from the history: `running` is not acknowledged yet, `told` has
 * come from the history before its acknowledgement, `learned` was learned when it was acknowledged.
 */
type OwnWrite = 'running' | 'told' | 'learned';

/**
 * Brings every recorded outcome to the learner once: at start those of the past, then at once those that this process
 * records, and with each poll those of the other processes.
 *
 * A write whose acknowledgement is lost counts as another process's: it is learned when the history tells it.
 */
export class OutcomeFeed implements Pick<AttemptStore, 'record'> {
  readonly #options: OutcomeFeedOptions;
  readonly #ownWrites = new Map<number, OwnWrite>();
  /** Learned before the round under way began, so that the round tells the last of them. */
  #finishing: readonly number[] = [];
  #cursor: string | null = null;
  #isRoundBegun = false;
  #isWarm = false;
  #isReading = false;
  #isStopped = false;
  #rebuilds = 0;
  #stopPolling: (() => void) | undefined;

  constructor(options: OutcomeFeedOptions) {
    this.#options = options;
  }

  /** Whether the past has been learned. */
  get isWarm(): boolean {
    return this.#isWarm;
  }

  /** Begins to learn the past, then polls, until `stop`. */
  start(): void {
    const { pollIntervalMs: intervalMs, onError } = this.#options;
    this.#stopPolling = repeat(() => this.catchUp(), { intervalMs, onError });
    void this.catchUp();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopPolling?.();
  }

  /** Makes the learner forget, and tells it everything anew in the background. */
  rebuild(): void {
    this.#rebuilds++;
    this.#cursor = null;
    this.#isRoundBegun = false;
    this.#isWarm = false;
    for (const [writeId, state] of this.#ownWrites) {
      if (state === 'learned') this.#ownWrites.delete(writeId);
    }
    this.#options.learner.forget();
    void this.catchUp();
  }

  /** Records as the store does, and lets the learner learn from what was not there already. @throws as the store does */
  async record(attempts: readonly AttemptRecord[]): Promise<readonly { readonly duplicate: boolean }[]> {
    const writeId = this.#newWriteId();
    this.#ownWrites.set(writeId, 'running');
    try {
      const results = await this.#options.attempts.record(attempts, writeId);
      const fresh = attempts.filter((_, i) => results[i]?.duplicate === false);
      this.#acknowledge(
        writeId,
        fresh.map(taughtOutcomeOf).filter((outcome) => outcome !== null),
      );
      return results;
    } catch (error) {
      this.#ownWrites.delete(writeId);
      throw error;
    }
  }

  /** Learns everything that was recorded before the call, unless that is under way already. Never rejects. */
  async catchUp(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      let isComplete = false;
      while (!isComplete && !this.#isStopped) {
        isComplete = await this.#readPage();
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#isReading = false;
    }
  }

  /** Whether the round is complete. */
  async #readPage(): Promise<boolean> {
    const { history, sinceMs, pageOutcomes: limit } = this.#options;
    const rebuilds = this.#rebuilds;
    if (!this.#isRoundBegun) {
      this.#finishing = [...this.#ownWrites].flatMap(([writeId, state]) => (state === 'learned' ? [writeId] : []));
      this.#isRoundBegun = true;
    }
    const page = await history.outcomesAfter(this.#cursor, {
      sinceMs: sinceMs(),
      limit,
      knownWrites: this.#finishing,
    });
    if (this.#isStopped || rebuilds !== this.#rebuilds) return false;
    this.#learn(page.outcomes.filter(({ writeId }) => this.#isNews(writeId)).map(({ outcome }) => outcome));
    this.#cursor = page.cursor;
    if (page.isComplete) {
      for (const writeId of this.#finishing) this.#ownWrites.delete(writeId);
      this.#isRoundBegun = false;
      if (!this.#isWarm) this.#options.learner.settle();
      this.#isWarm = true;
    }
    return page.isComplete;
  }

  #isNews(writeId: OutcomePage['outcomes'][number]['writeId']): boolean {
    if (writeId === undefined) return true;
    const state = this.#ownWrites.get(writeId);
    if (state === 'running') this.#ownWrites.set(writeId, 'told');
    return state !== 'learned';
  }

  #acknowledge(writeId: number, outcomes: readonly TaughtOutcome[]): void {
    if (this.#ownWrites.get(writeId) === 'told' || outcomes.length === 0) {
      this.#ownWrites.delete(writeId);
      return;
    }
    this.#ownWrites.set(writeId, 'learned');
    this.#learn(outcomes);
  }

  /** What the learner throws is its own defect: the attempts are stored, and what comes after must not wait for ever. */
  #learn(outcomes: readonly TaughtOutcome[]): void {
    if (outcomes.length === 0) return;
    try {
      this.#options.learner.learn(outcomes);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** 53 random bits: no two writes of all processes share them while it matters. */
  #newWriteId(): number {
    const { randomWord } = this.#options;
    return (randomWord() % 2 ** 21) * 2 ** 32 + randomWord();
  }
}

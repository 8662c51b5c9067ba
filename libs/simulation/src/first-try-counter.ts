import type { AttemptCounts, EpochMs } from '@smart-retry/domain';
import type { Decider } from './decider.js';
import type { Job, Outcome } from './world.js';

const WINDOW_MS = 300_000;

interface Tally {
  readonly job: Job;
  succeeded: number;
  failed: number;
}

/** Counts first tries and hands the counts to the decider at the end of each five virtual minutes. */
export class FirstTryCounter {
  readonly #decider: Decider;
  readonly #epochMs: EpochMs;
  readonly #tallies = new Map<string, Tally>();
  #windowStartMs = 0;

  constructor(decider: Decider, epochMs: EpochMs) {
    this.#decider = decider;
    this.#epochMs = epochMs;
  }

  count(job: Job, { success }: Pick<Outcome, 'success'>): void {
    if (this.#decider.reportFirstTries === undefined) return;
    const key = `${job.dependency}\n${job.jobType}\n${job.queue}\n${job.tenant}`;
    const tally = this.#tallies.get(key) ?? { job, succeeded: 0, failed: 0 };
    if (success) tally.succeeded++;
    else tally.failed++;
    this.#tallies.set(key, tally);
  }

  async advanceTo(nowMs: number): Promise<void> {
    if (nowMs < this.#windowStartMs + WINDOW_MS) return;
    await this.flush();
    this.#windowStartMs = Math.floor(nowMs / WINDOW_MS) * WINDOW_MS;
  }

  async flush(): Promise<void> {
    if (this.#tallies.size === 0) return;
    const windowStartMs = this.#epochMs + this.#windowStartMs;
    const counts = [...this.#tallies.values()].map(
      ({ job: { jobType, dependency, queue, tenant }, succeeded, failed }): AttemptCounts => ({
        jobType,
        dependency,
        queue,
        tenant,
        succeeded,
        failed,
        windowStartMs,
        windowEndMs: windowStartMs + WINDOW_MS,
      }),
    );
    this.#tallies.clear();
    await this.#decider.reportFirstTries?.(counts);
  }
}

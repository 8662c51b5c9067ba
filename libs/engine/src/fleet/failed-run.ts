import type { EpochMs } from '@smart-retry/domain';
import type { FailedJobs } from '@smart-retry/guardrails';
import { REMEMBERED_MS } from './first-try-rate.js';

/** Beyond so many jobs nothing more is learned. */
const MOST_JOBS = 1_000;
/** Retries that came after a success count half when there are so many newer ones. */
const HALF_AFTER = 200;

/** Retries of different jobs that failed since any call came through, as far as this process has heard of them. */
export class FailedRun {
  readonly #failedAtMs = new Map<string, EpochMs>();
  /** What became of the retry after one that succeeded: an outage has hardly ever begun just then. */
  readonly #afterSuccess = { failed: 0, succeeded: 0 };
  #hasSucceeded = false;

  noteFailure(job: string, atMs: EpochMs): void {
    if (this.#hasSucceeded) this.#learn('failed');
    this.#hasSucceeded = false;
    if (this.#failedAtMs.size < MOST_JOBS) this.#failedAtMs.set(job, atMs);
  }

  noteSuccess(): void {
    if (this.#hasSucceeded) this.#learn('succeeded');
    this.#hasSucceeded = true;
    this.#failedAtMs.clear();
  }

  /** @param sinceMs a success that others may have heard of, or the end of an outage: what failed until then says nothing */
  at(sinceMs: EpochMs, nowMs: EpochMs): FailedJobs {
    const { failed, succeeded } = this.#afterSuccess;
    const fromMs = Math.max(sinceMs, nowMs - REMEMBERED_MS);
    let jobs = 0;
    for (const [job, atMs] of this.#failedAtMs) {
      if (atMs > fromMs) jobs++;
      else this.#failedAtMs.delete(job);
    }
    return { jobs, usualShare: (failed + 1) / (failed + succeeded + 2) };
  }

  #learn(outcome: 'failed' | 'succeeded'): void {
    const known = this.#afterSuccess;
    known[outcome]++;
    if (known.failed + known.succeeded < 2 * HALF_AFTER) return;
    known.failed /= 2;
    known.succeeded /= 2;
  }
}

import { LRUCache } from 'lru-cache';
import type { EpochMs } from '@smart-retry/domain';
import { REPORTS_ALL_MS } from './first-try-rate.js';
import type { LatestNews } from './latest-news.js';

/** About 150 B each. */
const MAX_JOB_TYPES = 10_000;

/**
 * Which job types report first tries that succeed, at whatever dependency. Where those report that all fail, that is news of the
 * dependency; where only failures are reported it says nothing.
 */
export class WhoReports {
  readonly #successMs = new LRUCache<string, EpochMs>({ max: MAX_JOB_TYPES });

  /** @param atMs when a first try of the job type is known to have succeeded */
  noteSuccess(jobType: string, atMs: EpochMs): void {
    this.#successMs.set(jobType, Math.max(atMs, this.#successMs.peek(jobType) ?? 0));
  }

  /** First tries at a dependency until `atMs`, of which `latest` is to know whether they are all there were. */
  noteFirstTries(
    told: { readonly jobType: string; readonly succeeded: number },
    latest: LatestNews,
    atMs: EpochMs,
  ): void {
    if (told.succeeded > 0) this.noteSuccess(told.jobType, atMs);
    const successMs = this.#successMs.get(told.jobType);
    if (successMs === undefined || atMs - successMs > REPORTS_ALL_MS) return;
    latest.allReportedMs = Math.max(latest.allReportedMs, atMs);
  }
}

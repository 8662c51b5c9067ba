import type { EpochMs } from '@smart-retry/domain';
import { firstPace, nextPace, paceInUse, type PacedOutcome } from '@smart-retry/guardrails';
import { pacedFirstTries, type CallRates } from './call-rates.js';

/** Who was not throttled for so long is not paced. */
const REMEMBERED_MS = 600_000;

/** What its pace depends on. */
type PacedCalls = Pick<CallRates, 'firstTries' | 'seen' | 'waiting'>;

const NOTHING_KNOWN: PacedCalls = { firstTries: null, seen: null, waiting: 0 };

/** How fast one dependency takes retries while it throttles, as far as this process has seen. */
export class Throttle {
  #perSecond: number | null = null;
  #throttledAtMs: EpochMs = Number.NEGATIVE_INFINITY;

  /** A call was throttled; the rate of first tries is null where it is not known, and nothing is paced then. */
  noteThrottled(firstTriesPerSecond: number | null, atMs: EpochMs): void {
    this.#throttledAtMs = Math.max(this.#throttledAtMs, atMs);
    if (firstTriesPerSecond !== null) this.#perSecond ??= firstPace(firstTriesPerSecond);
  }

  /** A retry has ended; nothing is learned while the rate of first tries is not known, since nothing is paced then. */
  noteRetry(outcome: PacedOutcome, firstTriesPerSecond: number | null, nowMs: EpochMs): void {
    if (firstTriesPerSecond === null || (this.#perSecond === null && !this.isAt(nowMs))) return;
    this.#perSecond = nextPace(this.#perSecond ?? firstPace(firstTriesPerSecond), outcome, firstTriesPerSecond);
  }

  /** Whether it was throttled lately. */
  isAt(nowMs: EpochMs): boolean {
    return nowMs - this.#throttledAtMs < REMEMBERED_MS;
  }

  /** Retries a second; null where it does not throttle. What it begins with grows with the first tries that are seen. */
  paceAt(nowMs: EpochMs, calls: PacedCalls = NOTHING_KNOWN): number | null {
    if (!this.isAt(nowMs)) return null;
    const perSecond = this.#perSecond ?? (calls.seen === null ? null : firstPace(calls.seen.perSecond));
    return perSecond === null ? null : paceInUse(perSecond, calls.waiting, pacedFirstTries(calls) ?? 0);
  }
}

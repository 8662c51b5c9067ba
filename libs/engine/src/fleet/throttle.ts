import type { EpochMs } from '@smart-retry/domain';
import { firstPace, nextPace, paceInUse, type PacedOutcome } from '@smart-retry/guardrails';
import { pacedFirstTries, type CallRates } from './call-rates.js';
import { SLOT_MS, slotOf } from './call-tally.js';

/** Who was not throttled for so long is not paced. */
const REMEMBERED_MS = 600_000;
/** Whoever comes later than this is of no line. */
const LINE_SLOTS = 3_600_000 / SLOT_MS;

type FirstTries = Pick<CallRates, 'firstTries' | 'seen'>;

/** How fast one dependency takes retries while it throttles, as far as this process has seen. */
export class Throttle {
  #perSecond: number | null = null;
  #throttledAtMs: EpochMs = Number.NEGATIVE_INFINITY;
  /** By slot, how many were told to come then for want of a place. */
  readonly #line = new Map<number, number>();
  #waiting = { slot: 0, retries: 0 };

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

  /** A retry was put off for want of a place, until it asks again; of a line is who waits while it throttles. */
  notePutOff(asksAtMs: EpochMs, nowMs: EpochMs): void {
    if (!this.isAt(nowMs)) return;
    const slot = Math.min(slotOf(asksAtMs), slotOf(nowMs) + LINE_SLOTS);
    this.#line.set(slot, (this.#line.get(slot) ?? 0) + 1);
  }

  /**
   * Retries a second; null where it does not throttle. What it begins with grows with the first tries that are seen.
   *
   * @param replicas processes that are each asked for about as many jobs: their lines are thought to be as long as this one's
   */
  paceAt(nowMs: EpochMs, calls: FirstTries, replicas: number): number | null {
    if (!this.isAt(nowMs)) return null;
    const waiting = replicas * this.#waitingAt(nowMs);
    const perSecond = this.#perSecond ?? (calls.seen === null ? null : firstPace(calls.seen.perSecond));
    return perSecond === null ? null : paceInUse(perSecond, waiting, pacedFirstTries(calls) ?? 0);
  }

  /** As of the begin of five seconds: a crowd does not add up the line each time. */
  #waitingAt(nowMs: EpochMs): number {
    const slot = slotOf(nowMs);
    if (slot === this.#waiting.slot) return this.#waiting.retries;
    let retries = 0;
    for (const [at, putOff] of this.#line) {
      if (at < slot) this.#line.delete(at);
      else retries += putOff;
    }
    this.#waiting = { slot, retries };
    return retries;
  }
}

import type { EpochMs } from '@smart-retry/domain';
import { firstPace, nextPace, roundPace, type PacedOutcome } from '@smart-retry/guardrails';

/** Who was not throttled for so long is not paced. */
const REMEMBERED_MS = 600_000;

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
  noteRetry(outcome: PacedOutcome, firstTriesPerSecond: number | null): void {
    if (this.#perSecond === null || firstTriesPerSecond === null) return;
    this.#perSecond = nextPace(this.#perSecond, outcome, firstTriesPerSecond);
  }

  /** Retries a second; null where it does not throttle. */
  paceAt(nowMs: EpochMs): number | null {
    const isThrottling = nowMs - this.#throttledAtMs < REMEMBERED_MS;
    return isThrottling && this.#perSecond !== null ? roundPace(this.#perSecond) : null;
  }
}

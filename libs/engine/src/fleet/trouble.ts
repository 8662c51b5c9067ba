import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import { EVIDENCE_WINDOW_MS } from '@smart-retry/guardrails';

/** Without trouble for as long as calls tell of it the next is another one, unless a breaker has been open meanwhile. */
const OVER_AFTER_MS = EVIDENCE_WINDOW_MS;
/** Trouble that was seen so lately lasts. */
const LASTS_MS = 1_000;

/** For how long a dependency has been in trouble, as far as this process has looked. */
export class Trouble {
  #sinceMs: EpochMs = 0;
  #lastMs: EpochMs = 0;

  /**
   * @param breaker as it has been since the last look
   * @param beganMs since when it is in trouble, where that is another one than before
   */
  note(nowMs: EpochMs, breaker: BreakerRecord['state'], beganMs: EpochMs = nowMs): void {
    if (breaker === 'closed' && nowMs - this.#lastMs > OVER_AFTER_MS) this.#sinceMs = beganMs;
    this.#lastMs = Math.max(this.#lastMs, nowMs);
  }

  /** 0 where there is none. */
  lastedMs(nowMs: EpochMs): number {
    return nowMs - this.#lastMs < LASTS_MS ? this.#lastMs - this.#sinceMs : 0;
  }
}

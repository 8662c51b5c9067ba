import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import { EVIDENCE_WINDOW_MS } from '@smart-retry/guardrails';

/** Without trouble for as long as calls tell of it the next is another one, unless a breaker has been open meanwhile. */
const OVER_AFTER_MS = EVIDENCE_WINDOW_MS;
/** Trouble that was seen so lately lasts. */
const LASTS_MS = 1_000;

/** For how long a dependency has been in trouble, as far as this process has looked. */
export class Trouble {
  #sinceMs: EpochMs = 0;
  /** When its breaker was last closed before it opened, null for never; undefined: it has not opened. */
  #openSinceReleaseMs: EpochMs | null | undefined;
  #lastMs: EpochMs = 0;

  /** @param beganMs when calls began to fail that opened its breaker: where few call, trouble is known by that, which takes a while */
  note(
    nowMs: EpochMs,
    { state, releasedAtMs }: Pick<BreakerRecord, 'state' | 'releasedAtMs'>,
    beganMs: () => EpochMs,
  ): void {
    const isOpen = state !== 'closed';
    const goesOn = isOpen && releasedAtMs === this.#openSinceReleaseMs;
    if (!goesOn && nowMs - this.#lastMs > OVER_AFTER_MS) this.#sinceMs = isOpen ? beganMs() : nowMs;
    if (isOpen) this.#openSinceReleaseMs = releasedAtMs;
    this.#lastMs = Math.max(this.#lastMs, nowMs);
  }

  /** 0 where there is none. */
  lastedMs(nowMs: EpochMs): number {
    return nowMs - this.#lastMs < LASTS_MS ? this.#lastMs - this.#sinceMs : 0;
  }
}

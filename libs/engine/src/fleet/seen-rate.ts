import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import { EVIDENCE_WINDOW_MS } from '@smart-retry/guardrails';
import { SLOT_MS, slotOf, type CallTally } from './call-tally.js';
import { AVERAGED_MS, FEWEST_FIRST_TRIES, type FirstTryRate } from './first-try-rate.js';

/** What was seen in an outage says how many first tries there are for this long after it. */
const REMEMBERED_MS = 3_600_000;
/** A limit is why first tries fail where it turns away so many of those that do. */
const THROTTLED_SHARE = 0.5;

interface SeenAt {
  readonly calls: CallTally;
  readonly breaker: BreakerRecord;
  readonly isThrottling: boolean;
  /** As far as they are reported. */
  readonly firstTries: FirstTryRate | null;
}

/** How many first tries there are at least, by those that failed and were asked about. */
export interface SeenFirstTries {
  readonly perSecond: number;
  /** Whether there is an outage, or was one lately. */
  readonly isOfOutage: boolean;
  /** Whether it lasts, or those who waited for its end are not through yet. */
  readonly isRecovering: boolean;
}

/**
 * While a dependency is in trouble each first try fails and asks: how many do is how many there are. Where nobody reports them
 * that is all that tells; known to this process only, from what all have counted. Noted while they are reported, too, for when
 * that ends.
 */
export class SeenRate {
  #perSecond: number | null = null;

  /** Null where they are reported, there was no trouble lately, or too few have asked. */
  at({ calls, breaker, isThrottling, firstTries }: SeenAt, nowMs: EpochMs): SeenFirstTries | null {
    const { state, releasedAtMs } = breaker;
    const isOut = state !== 'closed';
    const isOfOutage = isOut || (releasedAtMs !== null && nowMs - releasedAtMs < REMEMBERED_MS);
    if (!isOfOutage && !isThrottling) this.#perSecond = null;
    else this.#note(calls, { isOut }, nowMs);
    if (this.#perSecond === null || firstTries !== null) return null;
    const isRecovering = isOut || (isOfOutage && calls.allWaitingAt(nowMs) > 0);
    return { perSecond: this.#perSecond, isOfOutage, isRecovering };
  }

  #note(calls: CallTally, { isOut }: { readonly isOut: boolean }, nowMs: EpochMs): void {
    // The slot that lasts would be counted as too few.
    const to = slotOf(nowMs);
    for (const lengthMs of [EVIDENCE_WINDOW_MS, AVERAGED_MS]) {
      const from = to - lengthMs / SLOT_MS;
      const throttled = calls.sum('firstThrottled', from, to);
      const asked = calls.sum('firstAsked', from, to) + throttled;
      const speaks = isOut || throttled >= THROTTLED_SHARE * asked;
      // Each is a bound from below: the highest says most.
      if (speaks && asked >= FEWEST_FIRST_TRIES)
        this.#perSecond = Math.max(this.#perSecond ?? 0, (1_000 * asked) / lengthMs);
    }
  }
}

import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import type { CallTally } from './call-tally.js';
import { perSecondOfLate } from './calls-of-late.js';
import { firstTryRate, type FirstTryRate, type LastHeard } from './first-try-rate.js';
import { retryTimeRatio } from './processing-times.js';
import type { SeenFirstTries, SeenRate } from './seen-rate.js';

/** How calls to a dependency go. */
export interface CallRates {
  /** Null where they are not reported. */
  readonly firstTries: FirstTryRate | null;
  /** Where they are not. */
  readonly seen: SeenFirstTries | null;
  /** How many times as long a retry takes as a first try; null where that is not known. */
  readonly retryTimeRatio: number | null;
  /** Retries that came through, of late. */
  readonly retriesSucceededPerSecond: number;
}

interface Calls {
  readonly calls: CallTally;
  readonly latest: LastHeard;
  readonly breaker: BreakerRecord;
  readonly isThrottling: boolean;
  readonly seenRate: SeenRate;
}

export function callRates({ calls, latest, breaker, isThrottling, seenRate }: Calls, nowMs: EpochMs): CallRates {
  const firstTries = firstTryRate(calls, latest, nowMs);
  return {
    firstTries,
    seen: seenRate.at({ calls, breaker, isThrottling, firstTries }, nowMs),
    retryTimeRatio: retryTimeRatio(calls, Math.min(nowMs, latest.firstTryMs)),
    retriesSucceededPerSecond: perSecondOfLate(calls, 'retriesSucceeded', nowMs),
  };
}

/** What a pace goes by: first tries a second, or how many were seen to be turned away. */
export function pacedFirstTries({ firstTries, seen }: Pick<CallRates, 'firstTries' | 'seen'>): number | null {
  return firstTries?.perSecond ?? seen?.perSecond ?? null;
}

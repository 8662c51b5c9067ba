import type { EpochMs } from '@smart-retry/domain';
import { SLOT_MS, slotOf, type CallTally } from './call-tally.js';
import { AVERAGED_MS } from './first-try-rate.js';

/** Of each kind: fewer say nothing of how long such calls take. */
const FEWEST_TIMED = 20;
const MAX_RATIO = 10;

/** Notes how long calls took together, in the slot of time that they belong to. */
export function noteProcessingTime(
  calls: CallTally,
  { isRetry, timed, totalMs }: { readonly isRetry: boolean; readonly timed: number; readonly totalMs: number },
  slot: number,
): void {
  calls.add(isRetry ? 'retriesTimed' : 'firstTimed', slot, timed);
  calls.add(isRetry ? 'retriesTimeMs' : 'firstTimeMs', slot, totalMs);
}

/**
 * How many times as long a retry takes as a first try, on average over the five minutes until `untilMs`; 1 to 10. Never
 * less: what fails at once is not to be called more often for it. Never more: that is how far wrong times can move it. Null
 * with fewer than 20 of either whose processing time is known.
 */
export function retryTimeRatio(calls: CallTally, untilMs: EpochMs): number | null {
  const toSlot = slotOf(untilMs) + 1;
  const fromSlot = toSlot - AVERAGED_MS / SLOT_MS;
  const retries = calls.sum('retriesTimed', fromSlot, toSlot);
  const firsts = calls.sum('firstTimed', fromSlot, toSlot);
  if (Math.min(retries, firsts) < FEWEST_TIMED) return null;
  const retryMs = calls.sum('retriesTimeMs', fromSlot, toSlot) / retries;
  const firstMs = calls.sum('firstTimeMs', fromSlot, toSlot) / firsts;
  return firstMs === 0 ? null : Math.min(MAX_RATIO, Math.max(1, retryMs / firstMs));
}

import type { EpochMs } from '@smart-retry/domain';
import { SLOT_MS, slotOf, type CallTally, type CountedCall } from './call-tally.js';

/** As slowly as over this time a budget becomes larger where its retries come through: slower than an overload shows. */
const AVERAGED_MS = 60_000;

/** Such calls a second, on average of the last minute. */
export function perSecondOfLate(calls: CallTally, call: CountedCall, nowMs: EpochMs): number {
  // The slot that lasts would be counted as too few.
  const to = slotOf(nowMs);
  return (1_000 * calls.sum(call, to - AVERAGED_MS / SLOT_MS, to)) / AVERAGED_MS;
}

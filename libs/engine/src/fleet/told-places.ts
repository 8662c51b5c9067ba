import type { EpochMs } from '@smart-retry/domain';
import type { BudgetPlaces, FleetPlace } from './budget-places.js';
import { SLOT_MS, slotOf, type CallTally } from './call-tally.js';

/** Further ahead nobody is told to come. */
const HORIZON_SLOTS = 720;
const SLOT_SECONDS = SLOT_MS / 1_000;

/**
 * When those are to come who never ask again, where several processes answer and none promises a place: one after the other, at
 * the pace of the budget. Answers the first time from `fromMs` on that has not been told to as many as the budget holds.
 *
 * @param units what the retry costs of the budget
 * @param draw uniform on [0, 1), within five seconds
 */
export function untoldMs(
  { fromMs, units, draw }: { readonly fromMs: EpochMs; readonly units: number; readonly draw: number },
  { calls, budget, place }: { readonly calls: CallTally; readonly budget: BudgetPlaces; readonly place: FleetPlace },
): EpochMs {
  const first = slotOf(fromMs);
  let over = 0;
  for (let slot = first; slot < first + HORIZON_SLOTS; slot++) {
    const capacity = budget.retriesPerSecond(slot * SLOT_SECONDS, units) * SLOT_SECONDS * units;
    // What this process has told since the last exchange, the others will have, too.
    const told = calls.toldShared(slot) + place.replicas * calls.toldPending(slot);
    if (over + told < capacity) return Math.max(fromMs, slot * SLOT_MS + draw * SLOT_MS);
    over = Math.max(0, over + told - capacity);
  }
  return fromMs + HORIZON_SLOTS * SLOT_MS;
}

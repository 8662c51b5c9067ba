import type { EpochMs } from '@smart-retry/domain';
import type { WaitingLine } from '@smart-retry/guardrails';
import type { BudgetPlaces, FleetPlace } from './budget-places.js';
import { SLOT_MS, slotOf, type CallTally } from './call-tally.js';

/** Further ahead nobody is told to come. */
const HORIZON_SLOTS = 720;
const SLOT_SECONDS = SLOT_MS / 1_000;

/** Slots `[fromSlot, atSlot)` that were told to as many as the budget holds, and what they leave `over` for those after them. */
interface Walk {
  readonly terms: readonly unknown[];
  readonly fromSlot: number;
  atSlot: number;
  over: number;
}

/**
 * When those are to come who never ask again, where several processes answer and none promises a place: one after the other, at
 * the pace of the budget.
 */
export class ToldPlaces {
  readonly #calls: CallTally;
  /** Until the next exchange ever more is told: a crowd does not look at every slot on the way, each time. */
  #walk: Walk = { terms: [], fromSlot: 0, atSlot: 0, over: 0 };

  constructor(calls: CallTally) {
    this.#calls = calls;
  }

  /** Everybody who waits, at the pace of the budget, as a job sees it whose retry takes so many units. */
  line(
    {
      budget,
      units,
      place,
    }: { readonly budget: BudgetPlaces | null; readonly units: number; readonly place: FleetPlace },
    nowMs: EpochMs,
  ): WaitingLine {
    return {
      waiting: this.#calls.waitingAt(nowMs),
      retriesPerSecond: (second) => (budget?.unitsPerSecond(second) ?? 0) / Math.max(1, units),
      untoldMs: (fromMs, draw) => (budget === null ? fromMs : this.untoldMs({ fromMs, draw }, { budget, place })),
    };
  }

  /**
   * The first time from `fromMs` on that has not been told to as many as the budget holds.
   *
   * @param draw uniform on [0, 1), within five seconds
   */
  untoldMs(
    { fromMs, draw }: { readonly fromMs: EpochMs; readonly draw: number },
    { budget, place }: { readonly budget: BudgetPlaces; readonly place: FleetPlace },
  ): EpochMs {
    const first = slotOf(fromMs);
    const walk = this.#walkFrom(first, [budget.budget, place.replicas, this.#calls.sums.exchanges]);
    for (; walk.atSlot < first + HORIZON_SLOTS; walk.atSlot++) {
      const over =
        walk.over + this.#toldIn(walk.atSlot, place) - budget.unitsPerSecond(walk.atSlot * SLOT_SECONDS) * SLOT_SECONDS;
      if (over < 0) return Math.max(fromMs, walk.atSlot * SLOT_MS + draw * SLOT_MS);
      walk.over = over;
    }
    return fromMs + HORIZON_SLOTS * SLOT_MS;
  }

  /** A time within `[fromMs, toMs)` that was told to fewer than so many; null: there is none. @param draw uniform on [0, 1) */
  untoldBetween(
    { fromMs, toMs, draw }: { readonly fromMs: EpochMs; readonly toMs: EpochMs; readonly draw: number },
    { mostUnitsPerSecond, place }: { readonly mostUnitsPerSecond: number; readonly place: FleetPlace },
  ): EpochMs | null {
    const first = slotOf(fromMs);
    const slots = Math.min(HORIZON_SLOTS, Math.max(1, slotOf(toMs) - first));
    if (mostUnitsPerSecond <= 0) return null;
    for (let i = 0; i < slots; i++) {
      const slot = first + ((Math.floor(draw * slots) + i) % slots);
      if (this.#toldIn(slot, place) >= mostUnitsPerSecond * SLOT_SECONDS) continue;
      return Math.min(toMs, Math.max(fromMs, slot * SLOT_MS + ((draw * slots) % 1) * SLOT_MS));
    }
    return null;
  }

  #walkFrom(first: number, terms: readonly unknown[]): Walk {
    const known = this.#walk;
    const goesOn =
      first >= known.fromSlot && first <= known.atSlot && terms.every((term, i) => term === known.terms[i]);
    if (!goesOn) this.#walk = { terms, fromSlot: first, atSlot: first, over: 0 };
    return this.#walk;
  }

  /** What this process has told since the last exchange, the others will have, too. */
  #toldIn(slot: number, { replicas }: FleetPlace): number {
    return this.#calls.toldShared(slot) + replicas * this.#calls.toldPending(slot);
  }
}

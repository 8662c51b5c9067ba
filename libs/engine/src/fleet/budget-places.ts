import type { EpochMs } from '@smart-retry/domain';
import {
  leftInWindow,
  partOfWindow,
  sharersOf,
  UNITS_PER_CALL,
  unitsPerWindow,
  windowStart,
  type BudgetView,
  type RetryBudget,
  type WindowBookings,
} from '@smart-retry/guardrails';
import type { FullRun, SearchTerms } from './full-run.js';
import type { SharedSums } from './shared-sums.js';

/** Further ahead nothing is booked. */
export const HORIZON_SECONDS = 3_600;

/** Which of the processes that compare notes this is. */
export interface FleetPlace {
  readonly replicas: number;
  readonly rank: number;
}

/** Of several processes each speaks of its own part. */
export function describeRoom(retries: number, { replicas }: FleetPlace): string {
  const room = `room for ${retries} ${retries === 1 ? 'retry' : 'retries'}`;
  return replicas <= 1 ? room : `${room} in this process' part of ${replicas}`;
}

/** The room that one dependency's budget has, second by second, beside what is booked. */
export class BudgetPlaces implements BudgetView {
  readonly scope: string;
  readonly isEstimated: boolean;
  readonly terms: SearchTerms;
  readonly budget: RetryBudget;
  readonly #bookings: SharedSums;
  readonly #full: FullRun;
  readonly #place: FleetPlace;

  constructor(
    { scope, isEstimated }: Pick<BudgetView, 'scope' | 'isEstimated'>,
    budget: RetryBudget,
    { bookings, full }: { readonly bookings: SharedSums; readonly full: FullRun },
    place: FleetPlace,
  ) {
    this.scope = scope;
    this.isEstimated = isEstimated;
    this.#full = full;
    this.budget = budget;
    this.#bookings = bookings;
    this.#place = place;
    this.terms = [budget, place.replicas, place.rank];
  }

  firstPlace(wanted: number, units: number, draw: number): number | null {
    const { windowSeconds } = this.budget;
    const from = this.#full.firstFree({
      from: windowStart(wanted, this.budget),
      until: wanted + HORIZON_SECONDS,
      windowSeconds,
      units,
      terms: this.terms,
      version: this.#bookings.version,
      hasRoom: (second) => this.#leftIn(second) >= units,
    });
    if (from === null) return null;
    return from <= wanted ? wanted : from + Math.floor(draw * windowSeconds);
  }

  /** What the budget is in a second, whatever is booked of it. */
  unitsPerSecond(second: number): number {
    return unitsPerWindow(this.budget, windowStart(second, this.budget)) / this.budget.windowSeconds;
  }

  /** Units left of the minute from `nowMs` on, for this process. */
  leftInMinute(nowMs: EpochMs): number {
    const { windowSeconds } = this.budget;
    const fromSecond = windowStart(Math.floor(nowMs / 1_000), this.budget);
    let left = 0;
    let taken = 0;
    for (let from = fromSecond; from < fromSecond + 60; from += windowSeconds) {
      // What one window lends, the next has not.
      taken = Math.max(0, this.#leftIn(from, taken));
      left += taken;
    }
    return left;
  }

  describeLeft(nowMs: EpochMs): string {
    const retries = Math.floor(this.leftInMinute(nowMs) / UNITS_PER_CALL);
    return describeRoom(retries, this.#place);
  }

  /** @param takenBefore units of the window before that each process takes beside those that are booked */
  #leftIn(fromSecond: number, takenBefore = 0): number {
    const { windowSeconds } = this.budget;
    const { replicas } = this.#place;
    const left = (booked: (second: number) => number) => {
      const around = this.#around(fromSecond, booked);
      return leftInWindow(this.budget, fromSecond, { ...around, before: around.before + replicas * takenBefore });
    };
    if (replicas <= 1) return left((second) => this.#bookings.get(second));
    const sharers = sharersOf(unitsPerWindow(this.budget, fromSecond), this.#place);
    const shared = left((second) => this.#bookings.likelyShared(second, sharers));
    const part = partOfWindow(Math.max(0, shared), { fromSecond, windowSeconds }, this.#place);
    const own = this.#around(fromSecond, (second) => this.#bookings.pending(second));
    return part - own.here - Math.max(0, own.before, own.after);
  }

  #around(fromSecond: number, booked: (second: number) => number): WindowBookings {
    const { windowSeconds } = this.budget;
    const sum = (from: number) => {
      let units = 0;
      for (let second = from; second < from + windowSeconds; second++) units += booked(second);
      return units;
    };
    return { before: sum(fromSecond - windowSeconds), here: sum(fromSecond), after: sum(fromSecond + windowSeconds) };
  }
}

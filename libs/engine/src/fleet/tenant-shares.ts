import type { EpochMs } from '@smart-retry/domain';
import {
  largestFairShare,
  partOfWindow,
  UNITS_PER_CALL,
  unitsPerWindow,
  windowStart,
  type RetryBudget,
} from '@smart-retry/guardrails';
import { hashText } from '@smart-retry/ml';
import type { FleetPlace } from './budget-places.js';
import { FullRun } from './full-run.js';
import { SharedSums } from './shared-sums.js';
import { WindowPlaces } from './window-places.js';

/** Tenants are told apart by so many groups, so that any number of them takes bounded memory; group 0 names none. */
const GROUPS = 256;
const DEMAND_SLOT_MS = 10_000;
const DEMAND_SLOTS = 6;
const KEEP_BOOKINGS_SECONDS = 60;

/** How the tenants that call one dependency share its retry budget: by what each asks for, and what each has booked. */
export class TenantShares {
  /** Units asked for, by slot of time and group. */
  readonly demand = new SharedSums();
  /** Units booked, by second and group. */
  readonly bookings = new SharedSums();
  readonly #full = new Map<number, FullRun>();
  #fair: { readonly second: number; readonly groups: ReadonlySet<number>; readonly share: number | null } | null = null;

  noteAsk(tenant: string | undefined, units: number, nowMs: EpochMs): void {
    this.demand.add(demandSlot(nowMs) * GROUPS + groupOf(tenant), units);
  }

  /** The tenant's fair share of a budget; null where nobody names a tenant. */
  viewFor(
    tenant: string | undefined,
    units: number,
    {
      budget,
      name,
      place,
      waiting,
    }: { readonly budget: RetryBudget; readonly name: string; readonly place: FleetPlace; readonly waiting: number },
    nowMs: EpochMs,
  ): WindowPlaces | null {
    const group = groupOf(tenant);
    const share = this.#shareAt(nowMs, group, budget);
    if (share === null) return null;
    const who = tenant === undefined ? 'jobs without a tenant' : `tenant "${tenant}"`;
    return new WindowPlaces({
      scope: `${who} at dependency "${name}", ${Math.floor(100 * share)} % of its retry budget beside others that ask`,
      windowSeconds: budget.windowSeconds,
      // A share of less than one retry would have to wait until the budget has grown.
      capacityOf: (fromSecond) => Math.max(units, share * unitsPerWindow(budget, fromSecond)),
      units,
      unitsPerRetry: UNITS_PER_CALL,
      booked: this.bookings,
      full: this.#fullOf(group),
      partOf: partOfWindow,
      capacityTerms: [share, budget],
      isClosed: false,
      waiting,
      // The dependency counts them.
      notePutOff: () => undefined,
      keyOf: (second) => second * GROUPS + group,
      place,
    });
  }

  /** Sums below these keys are of no use any more. */
  forgetBelow(nowMs: EpochMs): { readonly demand: number; readonly shares: number } {
    return {
      demand: (demandSlot(nowMs) - DEMAND_SLOTS) * GROUPS,
      shares: (Math.floor(nowMs / 1_000) - KEEP_BOOKINGS_SECONDS) * GROUPS,
    };
  }

  #fullOf(group: number): FullRun {
    let full = this.#full.get(group);
    if (full === undefined) this.#full.set(group, (full = new FullRun()));
    return full;
  }

  #shareAt(nowMs: EpochMs, group: number, budget: RetryBudget): number | null {
    const second = Math.floor(nowMs / 1_000);
    if (this.#fair?.second === second && this.#fair.groups.has(group)) return this.#fair.share;
    const { demand, shares } = this.forgetBelow(nowMs);
    this.demand.forgetBefore(demand);
    this.bookings.forgetBefore(shares);
    const asked = new Map<number, number>([[group, 0]]);
    for (const key of this.demand.keys()) {
      if (key < demand) continue;
      const of = key % GROUPS;
      asked.set(of, (asked.get(of) ?? 0) + this.demand.get(key) / ((DEMAND_SLOTS * DEMAND_SLOT_MS) / 1_000));
    }
    const capacity = unitsPerWindow(budget, windowStart(second, budget)) / budget.windowSeconds;
    const isShared = [...asked.keys()].some((of) => of !== 0);
    const share = isShared ? largestFairShare([...asked.values()], capacity) : null;
    this.#fair = { second, groups: new Set(asked.keys()), share };
    return share;
  }
}

function demandSlot(atMs: EpochMs): number {
  return Math.floor(atMs / DEMAND_SLOT_MS);
}

function groupOf(tenant: string | undefined): number {
  return tenant === undefined ? 0 : 1 + (hashText(tenant) % (GROUPS - 1));
}

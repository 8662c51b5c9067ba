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
import { FullRun, type SearchTerms } from './full-run.js';
import { SharedSums } from './shared-sums.js';
import { WindowPlaces } from './window-places.js';

/** Tenants are told apart by so many groups, so that any number of them takes bounded memory. */
const TENANT_GROUPS = 256;
/** The group of jobs that name no tenant. */
const NO_TENANT = 0;
const DEMAND_SLOT_MS = 10_000;
const DEMAND_SLOTS = 6;
const DEMAND_SECONDS = (DEMAND_SLOTS * DEMAND_SLOT_MS) / 1_000;
const KEEP_BOOKINGS_SECONDS = 60;

/** What each may take at most of those that asked lately. */
interface FairShares {
  readonly second: number;
  /** 0–1 of the budget; null where nobody names a tenant. */
  readonly share: number | null;
  readonly groups: ReadonlySet<number>;
}

interface AskingTenant {
  readonly tenant: string | undefined;
  /** What its retry takes. */
  readonly units: number;
}

/** What tenants share. */
interface SharedBudget {
  readonly budget: RetryBudget;
  /** Of the dependency. */
  readonly name: string;
  readonly place: FleetPlace;
}

/** How the tenants that call one dependency share its retry budget: by what each asks for, and what each has booked. */
export class TenantShares {
  /** Units asked for, by slot of time and group. */
  readonly demand = new SharedSums();
  /** Units booked, by second and group. */
  readonly bookings = new SharedSums();
  readonly #full = new Map<number, FullRun>();
  /** Of whoever asked last: one for each would be hundreds of each dependency. */
  #last: { readonly terms: SearchTerms; readonly view: WindowPlaces } | null = null;
  #fair: FairShares | null = null;

  noteAsk(tenant: string | undefined, units: number, nowMs: EpochMs): void {
    this.demand.add(demandSlot(nowMs) * TENANT_GROUPS + groupOf(tenant), units);
  }

  /** The tenant's fair share of a budget; null where nobody names a tenant. The same view as long as its terms are the same. */
  viewFor(asking: AskingTenant, shared: SharedBudget, nowMs: EpochMs): WindowPlaces | null {
    const { tenant, units } = asking;
    const { budget, name, place } = shared;
    const { share } = this.#fairAt(nowMs, groupOf(tenant), budget);
    if (share === null) return null;
    const terms = [share, budget, place, tenant, units, name];
    const last = this.#last;
    if (last !== null && last.terms.every((term, i) => term === terms[i])) return last.view;
    const view = this.#makeView(share, asking, shared);
    this.#last = { terms, view };
    return view;
  }

  /** Sums below these keys are of no use any more. */
  forgetBelow(nowMs: EpochMs): { readonly demand: number; readonly shares: number } {
    return {
      demand: (demandSlot(nowMs) - DEMAND_SLOTS) * TENANT_GROUPS,
      shares: (Math.floor(nowMs / 1_000) - KEEP_BOOKINGS_SECONDS) * TENANT_GROUPS,
    };
  }

  #makeView(share: number, { tenant, units }: AskingTenant, { budget, name, place }: SharedBudget): WindowPlaces {
    const group = groupOf(tenant);
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
      // They wait for the dependency, which counts them.
      waitsApart: false,
      waitingAt: () => 0,
      notePutOff: () => undefined,
      keyOf: (second) => second * TENANT_GROUPS + group,
      place,
    });
  }

  #fullOf(group: number): FullRun {
    let full = this.#full.get(group);
    if (full === undefined) this.#full.set(group, (full = new FullRun()));
    return full;
  }

  #fairAt(nowMs: EpochMs, group: number, budget: RetryBudget): FairShares {
    const second = Math.floor(nowMs / 1_000);
    if (this.#fair?.second === second && this.#fair.groups.has(group)) return this.#fair;
    const { demand, shares } = this.forgetBelow(nowMs);
    this.demand.forgetBefore(demand);
    this.bookings.forgetBefore(shares);
    const capacity = unitsPerWindow(budget, windowStart(second, budget)) / budget.windowSeconds;
    const askedFor = new Map<number, number>([[group, 0]]);
    for (const key of this.demand.keys()) {
      if (key < demand) continue;
      const of = key % TENANT_GROUPS;
      askedFor.set(of, (askedFor.get(of) ?? 0) + this.demand.get(key) / (DEMAND_SECONDS * capacity));
    }
    const isShared = [...askedFor.keys()].some((of) => of !== NO_TENANT);
    const share = isShared ? largestFairShare([...askedFor.values()]) : null;
    this.#fair = { second, share, groups: new Set(askedFor.keys()) };
    return this.#fair;
  }
}

function groupOf(tenant: string | undefined): number {
  return tenant === undefined ? NO_TENANT : 1 + (hashText(tenant) % (TENANT_GROUPS - 1));
}

function demandSlot(atMs: EpochMs): number {
  return Math.floor(atMs / DEMAND_SLOT_MS);
}

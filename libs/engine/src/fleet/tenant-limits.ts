import { LRUCache } from 'lru-cache';
import type { EpochMs, RetryFeatures, TenantLimit } from '@smart-retry/domain';
import {
  describeLimited,
  limitsOf,
  partOfQuota,
  partOfWindow,
  UNITS_PER_CALL,
  unitsPerWindow,
  type RetryBudget,
} from '@smart-retry/guardrails';
import type { FleetPlace } from './budget-places.js';
import { LimitKeys } from './limit-keys.js';
import { LimitUse } from './limit-use.js';
import { WindowPlaces } from './window-places.js';

const MINUTE_SECONDS = 60;

/** Whose limits are asked for, at which dependency. */
export interface LimitedRetry {
  readonly features: RetryFeatures;
  readonly dependency: string;
  /** Null where it is not known: shares of it hold nobody then. */
  readonly budget: RetryBudget | null;
  /** What the retry costs of the budget. */
  readonly units: number;
  readonly place: FleetPlace;
}

/** What is used of the limits that operators set; bounded: those unused for longest are forgotten first. */
export class TenantLimits {
  readonly #uses: LRUCache<string, LimitUse>;
  readonly #keys = new LimitKeys();

  constructor({ maxLimits }: { readonly maxLimits: number }) {
    this.#uses = new LRUCache({ max: maxLimits });
  }

  /** Every limit that holds for a retry, as this process sees it. */
  viewsFor(limits: readonly TenantLimit[], retry: LimitedRetry, nowMs: EpochMs): readonly WindowPlaces[] {
    const views: WindowPlaces[] = [];
    for (const limit of limitsOf(limits, retry.features)) {
      const { retriesPerMinute, budgetSharePercent } = limit;
      if (retriesPerMinute !== undefined) views.push(this.#quota(limit, retriesPerMinute, retry, nowMs));
      if (budgetSharePercent !== undefined && retry.budget !== null)
        views.push(this.#budgetShare(limit, budgetSharePercent, retry.budget, retry, nowMs));
    }
    return views;
  }

  entries(): IterableIterator<[string, LimitUse]> {
    return this.#uses.entries();
  }

  #quota(
    limit: TenantLimit,
    retriesPerMinute: number,
    { features, place }: LimitedRetry,
    nowMs: EpochMs,
  ): WindowPlaces {
    const use = this.#use(limit, features, null, nowMs);
    return use.quotaView(
      [limit, place],
      () =>
        new WindowPlaces({
          scope: `${retriesPerMinute} retries a minute of ${describeLimited(limit, features)}`,
          windowSeconds: MINUTE_SECONDS,
          capacityOf: () => retriesPerMinute,
          units: 1,
          unitsPerRetry: 1,
          booked: use.bookings,
          full: use.full,
          partOf: partOfQuota,
          capacityTerms: [retriesPerMinute],
          isClosed: retriesPerMinute === 0,
          waitsApart: true,
          waitingAt: waitingFor(use, place),
          notePutOff: (asksAtMs) => use.notePutOff(asksAtMs),
          keyOf: (second) => second,
          place,
        }),
    );
  }

  #budgetShare(
    limit: TenantLimit,
    budgetSharePercent: number,
    budget: RetryBudget,
    { features, dependency, units, place }: LimitedRetry,
    nowMs: EpochMs,
  ): WindowPlaces {
    const whose = describeLimited(limit, features);
    const use = this.#use(limit, features, dependency, nowMs);
    return new WindowPlaces({
      scope: `${budgetSharePercent} % of the retry budget of dependency "${dependency}" for ${whose}`,
      windowSeconds: budget.windowSeconds,
      capacityOf: (fromSecond) => (budgetSharePercent / 100) * unitsPerWindow(budget, fromSecond),
      units,
      unitsPerRetry: UNITS_PER_CALL,
      booked: use.bookings,
      full: use.full,
      partOf: partOfWindow,
      capacityTerms: [budgetSharePercent, budget],
      isClosed: budgetSharePercent === 0,
      waitsApart: true,
      waitingAt: waitingFor(use, place),
      notePutOff: (asksAtMs) => use.notePutOff(asksAtMs),
      keyOf: (second) => second,
      place,
    });
  }

  #use(limit: TenantLimit, features: RetryFeatures, dependency: string | null, nowMs: EpochMs): LimitUse {
    const key = this.#keys.keyOf(limit, features.tenant, dependency);
    let use = this.#uses.get(key);
    if (use === undefined) {
      use = new LimitUse();
      this.#uses.set(key, use);
    }
    use.use(nowMs);
    return use;
  }
}

/** Where one process answers, whoever waits has a place. */
function waitingFor(use: LimitUse, { replicas }: FleetPlace): (nowMs: EpochMs) => number {
  return (nowMs) => (replicas <= 1 ? 0 : replicas * use.waitingAt(nowMs));
}

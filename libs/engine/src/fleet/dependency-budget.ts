import type { EpochMs, GuardrailSettings } from '@smart-retry/domain';
import { budgetOf, type BudgetTerms, type RetryBudget } from '@smart-retry/guardrails';
import { BudgetPlaces, type FleetPlace } from './budget-places.js';
import type { CallRates } from './call-rates.js';
import type { FullRun } from './full-run.js';
import type { SharedSums } from './shared-sums.js';

/** What leaves everything to the pace. */
const NO_BUDGET = { firstTriesPerSecond: Number.POSITIVE_INFINITY, percent: 100 };

interface Circumstances {
  /** Another object when something has changed. */
  readonly rates: CallRates;
  readonly guardrails: GuardrailSettings;
  readonly place: FleetPlace;
  readonly releasedAtMs: EpochMs | null;
  readonly troubleMs: EpochMs;
  readonly troubleLastedMs: number;
  readonly pacePerSecond: number | null;
  readonly isOverrun: boolean;
}

/** The retry budget of one dependency: asked for at every failure, made anew only when what it depends on has changed. */
export class DependencyBudget {
  readonly #booked: { readonly bookings: SharedSums; readonly full: FullRun };
  #known: { readonly at: Circumstances; readonly places: BudgetPlaces } | null = null;
  #budget: { readonly terms: BudgetTerms; readonly budget: RetryBudget } | null = null;

  constructor(booked: { readonly bookings: SharedSums; readonly full: FullRun }) {
    this.#booked = booked;
  }

  /** Null where nobody reports first tries and there is no trouble. */
  places(at: Circumstances): BudgetPlaces | null {
    const known = this.#known;
    if (known !== null && isSame(known.at, at)) return known.places;
    const { rates, guardrails, place, releasedAtMs, troubleMs, troubleLastedMs, pacePerSecond, isOverrun } = at;
    const { firstTries, seen } = rates;
    const isPacedOnly = firstTries === null && seen?.isRecovering !== true;
    if (isPacedOnly && pacePerSecond === null) return null;
    const { maxBudgetPercent: percent, maxBudgetGrowth: maxGrowth } = guardrails;
    const retryTimeRatio = rates.retryTimeRatio ?? 1;
    const budget = this.#budgetFor({
      ...(isPacedOnly ? NO_BUDGET : { firstTriesPerSecond: (firstTries ?? seen)?.perSecond ?? 0, percent }),
      retryTimeRatio,
      retriesSucceededPerSecond: rates.retriesSucceededPerSecond,
      maxGrowth,
      releasedAtMs,
      troubledAtMs: troubleMs === 0 ? null : troubleMs,
      troubleLastedMs,
      pacePerSecond,
      isOverrun,
    });
    const share = retryTimeRatio > 1 ? 'the processing time of its first tries' : 'its first tries';
    const isEstimated = firstTries === null;
    const counted = isEstimated ? `${share} as far as they were seen to fail` : share;
    const borne = budget.mostUnitsPerSecond < Number.POSITIVE_INFINITY ? ', and as many retries as come through' : '';
    const scope = isPacedOnly ? 'as many as it takes while it throttles' : `${percent} % of ${counted}${borne}`;
    const places = new BudgetPlaces({ scope, isEstimated }, budget, this.#booked, place);
    this.#known = { at, places };
    return places;
  }

  /** The same one as long as its terms are the same: what is known of full windows goes by it. */
  #budgetFor(terms: BudgetTerms): RetryBudget {
    const known = this.#budget;
    if (known !== null && isSame(known.terms, terms)) return known.budget;
    const budget = budgetOf(terms);
    this.#budget = { terms, budget };
    return budget;
  }
}

function isSame<T extends object>(one: T, other: T): boolean {
  for (const key in one) if (one[key] !== other[key]) return false;
  return true;
}

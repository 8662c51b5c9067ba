import type { ExplorationSettings, Objective } from '@smart-retry/domain';
import { CarryingOn, type ChancesOf } from './carrying-on.js';
import type { Shelf } from './shelf.js';
import { valueTermsOf, type PlanBounds, type ValueTerms } from './value.js';
import type { BayesianView } from './view.js';

/** What a plan is made for. */
export interface PlanTerms {
  readonly objective: Objective;
  readonly bounds: PlanBounds;
  /** Null where exploring is out of the question. */
  readonly exploration: ExplorationSettings | null;
}

/** Under one objective, bounds and settings: what delays and carrying on are worth, and what was made of it so far. */
export class Plan {
  readonly values: ValueTerms;
  readonly carryingOn: CarryingOn;
  readonly #terms: PlanTerms;
  readonly #shelf: Shelf;
  readonly #views = new Map<number | string, BayesianView>();

  constructor(terms: PlanTerms, chancesOf: ChancesOf, continuation: number, shelf: Shelf) {
    this.#terms = terms;
    this.#shelf = shelf;
    this.values = valueTermsOf(terms.objective, terms.bounds);
    this.carryingOn = new CarryingOn(chancesOf, this.values, terms.bounds, continuation);
  }

  isFor(terms: PlanTerms): boolean {
    const { objective, bounds, exploration } = this.#terms;
    return (
      isSameObjective(objective, terms.objective) &&
      isSameBounds(bounds, terms.bounds) &&
      isSameExploration(exploration, terms.exploration)
    );
  }

  /** The view kept under `key`, formed when there is none yet. */
  viewFor(key: number | string, form: () => BayesianView): BayesianView {
    let view = this.#views.get(key);
    if (view === undefined) {
      view = form();
      this.#views.set(key, view);
      this.#shelf.keep(() => this.#views.delete(key));
    }
    return view;
  }
}

function isSameObjective(a: Objective, b: Objective): boolean {
  return a === b || (a.valueHalfLifeMs === b.valueHalfLifeMs && a.attemptCost === b.attemptCost);
}

function isSameBounds(a: PlanBounds, b: PlanBounds): boolean {
  return (
    a.minDelayMs === b.minDelayMs &&
    a.maxDelayMs === b.maxDelayMs &&
    a.maxAttempts === b.maxAttempts &&
    a.processingMs === b.processingMs
  );
}

function isSameExploration(a: ExplorationSettings | null, b: ExplorationSettings | null): boolean {
  if (a === null || b === null) return a === b;
  return a.enabled === b.enabled && a.maxShare === b.maxShare && a.anchorShare === b.anchorShare;
}

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

/** By question. */
type Views = Map<number, BayesianView>;

/** Under one objective, bounds and settings: what delays and carrying on are worth, and what was made of it so far. */
export class Plan {
  readonly values: ValueTerms;
  readonly carryingOn: CarryingOn;
  readonly #terms: PlanTerms;
  readonly #shelf: Shelf;
  readonly #views: Views = new Map();
  readonly #ofTenants = new Map<string, Views>();

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

  /** The view kept for a question, of one tenant or of all, formed when there is none yet. */
  viewFor(key: number, tenant: string | undefined, form: () => BayesianView): BayesianView {
    const views = tenant === undefined ? this.#views : this.#viewsOf(tenant);
    let view = views.get(key);
    if (view === undefined) {
      view = form();
      views.set(key, view);
      this.#shelf.keep(() => {
        views.delete(key);
        if (views.size === 0 && tenant !== undefined) this.#ofTenants.delete(tenant);
      });
    }
    return view;
  }

  #viewsOf(tenant: string): Views {
    let views = this.#ofTenants.get(tenant);
    if (views === undefined) {
      views = new Map();
      this.#ofTenants.set(tenant, views);
    }
    return views;
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

import { ACTION_COUNT, STOP_ACTION, type Action } from './action.js';
import { cellsByAttemptGroup, cellsByContext, type Cells } from './cells.js';
import type { History, LoggedDecision } from './history.js';

/** `mixed`: some decisions of the log say their propensity, others do not. */
export type PropensitySource = 'logged' | 'estimated' | 'mixed';

/** How decisions were made when the log was written. */
export interface Behaviour {
  readonly source: PropensitySource;
  /** Share of decisions whose propensity is in the log. */
  readonly loggedShare: number;
  /** Retries after the same error and attempt waited equally long, always. */
  readonly isTiedToAttempt: boolean;
  /** As logged, else the action's share among the decisions after the same error class, code and attempt number. */
  propensityOf(decision: LoggedDecision): number;
  /** Whether the action was ever taken after failures like these. */
  isTried(context: number, action: Action): boolean;
}

/** Below this share, other actions than the usual one are strays. */
const STRAY_ACTIONS = 0.01;

export function observeBehaviour(history: History): Behaviour {
  const { decisions } = history;
  const logged = decisions.filter(({ propensity }) => propensity !== null).length;
  const source = logged === 0 ? 'estimated' : logged === decisions.length ? 'logged' : 'mixed';
  const byContext = new ActionCounts(decisions, cellsByContext(history));
  // With known propensities a context that is rare need not have seen every action itself.
  const tried = source === 'logged' ? new ActionCounts(decisions, cellsByAttemptGroup(history)) : byContext;
  return {
    source,
    loggedShare: decisions.length === 0 ? 0 : logged / decisions.length,
    isTiedToAttempt: byContext.areWaitsUniform(),
    propensityOf: ({ propensity, context, action }) => propensity ?? byContext.shareOf(context, action),
    isTried: (context, action) => tried.shareOf(context, action) > 0,
  };
}

/** How often each action was taken in each cell. */
class ActionCounts {
  readonly #cells: Cells;
  readonly #counts: Float64Array;

  constructor(decisions: readonly LoggedDecision[], cells: Cells) {
    this.#cells = cells;
    this.#counts = new Float64Array(cells.size * ACTION_COUNT);
    for (const { context, action } of decisions) {
      const place = this.#startOf(context) + action;
      this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    }
  }

  /** Among all decisions of the context's cell. */
  shareOf(context: number, action: Action): number {
    const start = this.#startOf(context);
    return (this.#counts[start + action] ?? 0) / sum(this.#counts.subarray(start, start + ACTION_COUNT));
  }

  /** Whether nearly all retries of each cell waited as long as the others of the cell. */
  areWaitsUniform(): boolean {
    let retries = 0;
    let usual = 0;
    for (let start = 0; start < this.#counts.length; start += ACTION_COUNT) {
      const waits = this.#counts.subarray(start, start + STOP_ACTION);
      retries += sum(waits);
      usual += Math.max(...waits);
    }
    return retries - usual <= STRAY_ACTIONS * retries;
  }

  #startOf(context: number): number {
    return (this.#cells.ofContext[context] ?? 0) * ACTION_COUNT;
  }
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, n) => total + n, 0);
}

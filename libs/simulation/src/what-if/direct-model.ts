import { ACTION_COUNT, type Action } from './action.js';
import { cellsByAttemptGroup, cellsByClass, type Cells } from './cells.js';
import type { History } from './history.js';

/** Decisions are split by job, so that no decision is predicted from itself or from others of its job. */
export const FOLDS = 5;

export function foldOf(job: number): number {
  return job % FOLDS;
}

/** Weight, in decisions, of the coarser mean in the finer one. */
const POOLING = 4;

/**
 * The mean value of an action by (error class, attempt group), drawn towards the mean by error class and that towards the
 * mean of all where there are few; for a fold, from the decisions of the other folds.
 */
export class DirectModel {
  readonly #levels: readonly Level[];
  readonly #overall: Level;

  constructor(history: History) {
    const everything: Cells = { size: 1, ofContext: history.contexts.map(() => 0) };
    this.#levels = [new Level(history, cellsByClass(history)), new Level(history, cellsByAttemptGroup(history))];
    this.#overall = new Level(history, everything, () => 0);
  }

  predict(context: number, action: Action, fold: number): number {
    const overall = this.#overall.of(context, 0, fold);
    const mean = overall.count === 0 ? 0 : overall.sum / overall.count;
    return this.#levels.reduce((prior, level) => {
      const { sum, count } = level.of(context, action, fold);
      return (sum + POOLING * prior) / (count + POOLING);
    }, mean);
  }
}

/** Sums of values by cell, action and fold. */
class Level {
  readonly #cells: Cells;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor({ decisions }: History, cells: Cells, actionOf: (action: Action) => Action = (action) => action) {
    this.#cells = cells;
    const size = cells.size * ACTION_COUNT * FOLDS;
    this.#sums = new Float64Array(size);
    this.#counts = new Float64Array(size);
    for (const { context, action, value, job } of decisions) {
      const place = this.#placeOf(context, actionOf(action)) + foldOf(job);
      this.#sums[place] = (this.#sums[place] ?? 0) + value;
      this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    }
  }

  /** Of all folds but the given one. */
  of(context: number, action: Action, exceptFold: number): { readonly sum: number; readonly count: number } {
    const first = this.#placeOf(context, action);
    let sum = 0;
    let count = 0;
    for (let fold = 0; fold < FOLDS; fold++) {
      if (fold === exceptFold) continue;
      sum += this.#sums[first + fold] ?? 0;
      count += this.#counts[first + fold] ?? 0;
    }
    return { sum, count };
  }

  #placeOf(context: number, action: Action): number {
    return ((this.#cells.ofContext[context] ?? 0) * ACTION_COUNT + action) * FOLDS;
  }
}

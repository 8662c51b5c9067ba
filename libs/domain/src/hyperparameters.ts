import type { FieldProblem } from './errors.js';
import type { ModelType } from './model-ports.js';

/** Values by wire name; a list is a set of values of which the best is searched. */
export type HyperparameterRanges = Readonly<Record<string, number | readonly number[]>>;

/** One value for each hyperparameter of a model type. */
export type Hyperparameters = Readonly<Record<string, number>>;

interface Range {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** What each model type can be told, by wire name. */
export const HYPERPARAMETERS: Readonly<Record<ModelType, Readonly<Record<string, Range>>>> = {
  logistic: {
    /** λ of `Σ loss + λ/2 · ‖w‖²`. */
    regularization: { initial: 1, min: 1e-6, max: 1e6 },
    /** Step of the first pass over the rows; where the search for the minimum starts, not where it ends. */
    learning_rate: { initial: 0.01, min: 1e-6, max: 1 },
    /** 1: both outcomes weigh the same; the intercept is corrected afterwards. */
    balanced_classes: { initial: 0, min: 0, max: 1, whole: true },
  },
  gradient_boosting: {
    /** Share of each tree's values that is kept. */
    learning_rate: { initial: 0.1, min: 1e-3, max: 1 },
    /** λ of a leaf's value, `−Σg / (Σh + λ)`. */
    regularization: { initial: 1, min: 0, max: 1e6 },
    /** 0: 8 below 10,000 rows, else 31. */
    max_leaves: { initial: 0, min: 0, max: 255, whole: true },
    max_rounds: { initial: 200, min: 1, max: 2000, whole: true },
    /** Rounds without gain on held-out rows after which no more trees are grown. */
    early_stopping_rounds: { initial: 20, min: 1, max: 1000, whole: true },
    /** Least Σh in a leaf. */
    min_child_weight: { initial: 1, min: 0, max: 1e6 },
    /** Least rows in a leaf. */
    min_child_rows: { initial: 20, min: 1, max: 1e6, whole: true },
    /** Shares of rows and of columns that each tree sees. */
    row_share: { initial: 1, min: 0.1, max: 1 },
    column_share: { initial: 1, min: 0.1, max: 1 },
    /** 1: success never gets less likely by waiting longer; −1: never more likely; 0: as the rows say. */
    monotone_delay: { initial: 0, min: -1, max: 1, whole: true },
  },
};

const MAX_LISTED_VALUES = 10;
/** Each one is trained once a fold. */
const MAX_COMBINATIONS = 100;

/** What is wrong with a request's hyperparameters. */
export function hyperparameterProblems(modelType: ModelType, ranges: HyperparameterRanges): readonly FieldProblem[] {
  const known = HYPERPARAMETERS[modelType];
  const combinations = Object.values(ranges).reduce<number>(
    (product, given) => product * (typeof given === 'number' ? 1 : given.length),
    1,
  );
  const tooMany = { path: 'hyperparameters', message: `must make at most ${MAX_COMBINATIONS} combinations` };
  const problems = Object.entries(ranges).flatMap(([name, given]) => {
    const path = `hyperparameters.${name}`;
    const range = Object.hasOwn(known, name) ? known[name] : undefined;
    if (range === undefined)
      return [{ path, message: `is none of ${Object.keys(known).join(', ')}, which ${modelType} knows` }];
    const values = typeof given === 'number' ? [given] : given;
    if (values.length === 0 || values.length > MAX_LISTED_VALUES)
      return [{ path, message: `must list between 1 and ${MAX_LISTED_VALUES} values` }];
    const bad = values.find((value) => !isWithin(range, value));
    const kind = range.whole === true ? 'a whole number' : 'a number';
    return bad === undefined
      ? []
      : [{ path, message: `must be ${kind} between ${range.min} and ${range.max}, got ${bad}` }];
  });
  return combinations > MAX_COMBINATIONS ? [...problems, tooMany] : problems;
}

function isWithin({ min, max, whole = false }: Range, value: number): boolean {
  return value >= min && value <= max && (!whole || Number.isInteger(value));
}

/** Every combination of the listed values, the rest as by default; the first listed values first. */
export function combinationsOf(modelType: ModelType, ranges: HyperparameterRanges): readonly Hyperparameters[] {
  const initial = Object.fromEntries(
    Object.entries(HYPERPARAMETERS[modelType]).map(([name, range]) => [name, range.initial]),
  );
  return Object.entries(ranges).reduce<readonly Hyperparameters[]>(
    (combinations, [name, given]) => {
      const values = typeof given === 'number' ? [given] : given;
      return combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value })));
    },
    [initial],
  );
}

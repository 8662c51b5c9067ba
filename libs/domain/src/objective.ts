import type { FieldProblem } from './errors.js';

/** What a retry is worth: `U = g(T)·1[success] − Σ attemptCost·g(t_k)` with `g(t) = 2^(−t / valueHalfLifeMs)`. */
export interface Objective {
  /** After this long, a success is worth half of an immediate one; whole milliseconds, 1 ms to 31 days. */
  readonly valueHalfLifeMs: number;
  /** Cost of one retry as a share of the worth of an immediate success, 0–1. */
  readonly attemptCost: number;
}

/** How far learned layers may try what they do not know to be best. */
export interface ExplorationSettings {
  readonly enabled: boolean;
  /** Largest share of decisions drawn from what is believed; it shrinks as beliefs become certain, 0–1. */
  readonly maxShare: number;
  /** Share of decisions drawn uniformly, so that nothing is given up for good, 0–1. */
  readonly anchorShare: number;
}

export const DEFAULT_OBJECTIVE: Objective = { valueHalfLifeMs: 1_800_000, attemptCost: 0.03 };

export const DEFAULT_EXPLORATION: ExplorationSettings = { enabled: true, maxShare: 0.2, anchorShare: 0.02 };

export const OBJECTIVE_LIMITS = { maxHalfLifeMs: 31 * 86_400_000 } as const;

/** What a policy leaves to the strategy is the strategy's. */
export function objectiveOf(
  strategy: { readonly objective: Objective },
  policy: { readonly objective?: Partial<Objective> } | null,
): Objective {
  return policy?.objective === undefined ? strategy.objective : { ...strategy.objective, ...policy.objective };
}

/** What a policy leaves to the strategy is the strategy's. */
export function explorationOf(
  strategy: { readonly exploration: ExplorationSettings },
  policy: { readonly exploration?: Partial<ExplorationSettings> } | null,
): ExplorationSettings {
  return policy?.exploration === undefined ? strategy.exploration : { ...strategy.exploration, ...policy.exploration };
}

/** Every invariant of what is given of an objective, by wire field below `prefix`. */
export function objectiveProblems(
  { valueHalfLifeMs, attemptCost }: Partial<Objective>,
  prefix: string,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const isHalfLife = (n: number) => Number.isSafeInteger(n) && n >= 1 && n <= OBJECTIVE_LIMITS.maxHalfLifeMs;
  if (valueHalfLifeMs !== undefined && !isHalfLife(valueHalfLifeMs)) {
    problems.push({ path: `${prefix}value_half_life`, message: 'must be whole milliseconds from 1 ms to 31 days' });
  }
  if (attemptCost !== undefined && !isShare(attemptCost)) {
    problems.push({ path: `${prefix}attempt_cost`, message: 'must be from 0 to 1' });
  }
  return problems;
}

/** Every invariant of what is given of exploration settings, by wire field below `prefix`. */
export function explorationProblems(
  { maxShare, anchorShare }: Partial<ExplorationSettings>,
  prefix: string,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (maxShare !== undefined && !isShare(maxShare)) {
    problems.push({ path: `${prefix}max_share`, message: 'must be from 0 to 1' });
  }
  if (anchorShare !== undefined && !isShare(anchorShare)) {
    problems.push({ path: `${prefix}anchor_share`, message: 'must be from 0 to 1' });
  }
  if (problems.length > 0 || maxShare === undefined || anchorShare === undefined || maxShare + anchorShare <= 1) {
    return problems;
  }
  return [{ path: `${prefix}max_share`, message: `must be at most 1 together with anchor_share (${anchorShare})` }];
}

function isShare(n: number): boolean {
  return n >= 0 && n <= 1;
}

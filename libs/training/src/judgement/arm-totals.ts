import type { ArmTotals } from '@smart-retry/domain';

/** What is compared of an arm. Jobs stay whole, because decisions of one job are not independent. */
export type JudgedArm = Omit<ArmTotals, 'arm' | 'successes'>;

export interface ArmMean {
  /** Utility per decision, `μ = Σ u / Σ m`. */
  readonly mean: number;
  /** `J/(J−1) · Σ (u − μ·m)² / (Σ m)²`: of jobs, not of decisions. */
  readonly variance: number;
}

/** Utility per decision, with the variance that jobs as a whole give it. */
export function meanOfArm(arm: JudgedArm): ArmMean {
  const { jobs, decisions, utility, utilitySquares, utilityDecisions, decisionSquares } = arm;
  const mean = utility / decisions;
  const squares = Math.max(0, utilitySquares - 2 * mean * utilityDecisions + mean * mean * decisionSquares);
  return { mean, variance: jobs < 2 ? Infinity : ((jobs / (jobs - 1)) * squares) / (decisions * decisions) };
}

/**
 * What is known of one arm of an experiment: sums over its jobs, of which `m` is the number of decisions of a job and `u`
 * its utility summed over them. Jobs stay whole, because decisions of one job are not independent.
 */
export interface ArmTotals {
  readonly jobs: number;
  /** `Σ m`: decisions whose outcome is known. */
  readonly decisions: number;
  /** `Σ u`. */
  readonly utility: number;
  /** `Σ u²`, `Σ u·m`, `Σ m²`. */
  readonly utilitySquares: number;
  readonly utilityDecisions: number;
  readonly decisionSquares: number;
  /** Decisions that the arm should have made and could not: the model failed. */
  readonly errors: number;
  /** Attempts that followed its decisions. */
  readonly attempts: number;
  /** Mean time, in milliseconds, from a job's first decision to its last outcome. */
  readonly meanTimeMs: number;
}

export interface ArmMean {
  /** Utility per decision, `μ = Σ u / Σ m`. */
  readonly mean: number;
  /** `J/(J−1) · Σ (u − μ·m)² / (Σ m)²`: of jobs, not of decisions. */
  readonly variance: number;
}

/** Utility per decision, with the variance that jobs as a whole give it. */
export function meanOfArm(arm: ArmTotals): ArmMean {
  const { jobs, decisions, utility, utilitySquares, utilityDecisions, decisionSquares } = arm;
  const mean = utility / decisions;
  const squares = Math.max(0, utilitySquares - 2 * mean * utilityDecisions + mean * mean * decisionSquares);
  return { mean, variance: jobs < 2 ? Infinity : ((jobs / (jobs - 1)) * squares) / (decisions * decisions) };
}

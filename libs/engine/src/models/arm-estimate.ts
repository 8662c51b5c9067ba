import type { ArmTotals } from '@smart-retry/domain';

/** z of a 95 % interval. */
const Z_95 = 1.96;

export interface Estimate {
  readonly mean: number;
  /** 95 %. */
  readonly interval: readonly [lo: number, hi: number];
}

/** Share of reported attempts that succeeded, with Wilson's interval; null before the first one. */
export function successRateOf({ attempts: n, successes }: ArmTotals): Estimate | null {
  if (n === 0) return null;
  const mean = successes / n;
  const z2 = Z_95 ** 2;
  const centre = (mean + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((mean * (1 - mean)) / n + z2 / (4 * n * n));
  return { mean, interval: [Math.max(0, centre - half), Math.min(1, centre + half)] };
}

/**
 * Utility per decision, `μ = Σ u / Σ m`, with the variance that jobs as a whole give it,
 * `J / (J − 1) · Σ (u − μ·m)² / (Σ m)²`; null with fewer than two jobs.
 */
export function utilityOf(arm: ArmTotals): (Estimate & { readonly variance: number }) | null {
  const { jobs, decisions, utility, utilitySquares, utilityDecisions, decisionSquares } = arm;
  if (jobs < 2) return null;
  const mean = utility / decisions;
  const squares = Math.max(0, utilitySquares - 2 * mean * utilityDecisions + mean ** 2 * decisionSquares);
  const variance = ((jobs / (jobs - 1)) * squares) / decisions ** 2;
  return { mean, variance, interval: intervalOf(mean, variance) };
}

/** How much more a decision of the first arm is worth than one of the second; null while either is not known. */
export function differenceOf(first: ArmTotals | undefined, second: ArmTotals | undefined): Estimate | null {
  const [a, b] = [first && utilityOf(first), second && utilityOf(second)];
  if (a == null || b == null) return null;
  const mean = a.mean - b.mean;
  return { mean, interval: intervalOf(mean, a.variance + b.variance) };
}

function intervalOf(mean: number, variance: number): readonly [number, number] {
  const half = Z_95 * Math.sqrt(variance);
  return [mean - half, mean + half];
}

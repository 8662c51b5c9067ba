import jstat from 'jstat';

/** Beyond this much evidence the library loses digits, and an interval is a few thousandths wide anyway. */
const MAX_EVIDENCE = 10_000;
/** What has never been seen to happen may yet: half an outcome of either kind counts at least, as in Jeffreys' prior. */
const LEAST_SHAPE = 0.5;

/**
 * The quantile q of Beta(α, β), for α, β > 0 and 0 < q < 1.
 * Exact to about 2e-7; more evidence than 10,000 counts as 10,000 with the same mean.
 */
export function betaQuantile(q: number, alpha: number, beta: number): number {
  const scale = Math.min(1, MAX_EVIDENCE / (alpha + beta));
  return jstat.beta.inv(q, alpha * scale, beta * scale);
}

/**
 * An interval that holds the chance with probability 0.9, for Beta with the given mean (0–1) and evidence (α + β > 0), α and β
 * counted as ½ at least; it holds the mean, too. The central one, but where hardly anything ever succeeded (α ≤ 1) or failed (β ≤ 1):
 * there the density is highest at the very end, and the shortest one begins at 0 or ends at 1. A central one would say that there is
 * a least chance, where none was ever seen.
 */
export function credibleInterval(mean: number, evidence: number): readonly [lo: number, hi: number] {
  const counted = Math.min(MAX_EVIDENCE, evidence);
  const alpha = Math.max(LEAST_SHAPE, mean * counted);
  const beta = Math.max(LEAST_SHAPE, (1 - mean) * counted);
  if (alpha <= 1 && beta > 1) return [0, Math.max(mean, betaQuantile(0.9, alpha, beta))];
  if (beta <= 1 && alpha > 1) return [Math.min(mean, betaQuantile(0.1, alpha, beta)), 1];
  return [Math.min(mean, betaQuantile(0.05, alpha, beta)), Math.max(mean, betaQuantile(0.95, alpha, beta))];
}

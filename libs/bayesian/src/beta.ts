import jstat from 'jstat';

/** Beyond this much evidence the library loses digits, and an interval is a few thousandths wide anyway. */
const MAX_EVIDENCE = 10_000;
/** Below this shape the library answers NaN; the quantiles are at the border by then. */
const LEAST_SHAPE = 0.01;

/**
 * The quantile q of Beta(α, β), for α, β > 0 and 0 < q < 1.
 * Exact to about 2e-7; more evidence than 10,000 counts as 10,000 with the same mean.
 */
export function betaQuantile(q: number, alpha: number, beta: number): number {
  const scale = Math.min(1, MAX_EVIDENCE / (alpha + beta));
  return jstat.beta.inv(q, alpha * scale, beta * scale);
}

/** The central interval that holds the chance with probability 0.9, for Beta with the given mean (0–1) and evidence (α + β > 0). */
export function credibleInterval(mean: number, evidence: number): readonly [lo: number, hi: number] {
  const counted = Math.min(MAX_EVIDENCE, evidence);
  const alpha = Math.max(LEAST_SHAPE, mean * counted);
  const beta = Math.max(LEAST_SHAPE, (1 - mean) * counted);
  const quantiles = [betaQuantile(0.05, alpha, beta), betaQuantile(0.95, alpha, beta)] as const;
  // Each is off by up to 2e-7: of an interval that is narrower than that, the ends may come out in reverse.
  return quantiles[0] <= quantiles[1] ? quantiles : [quantiles[1], quantiles[0]];
}

/** An estimate with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly interval: readonly [lo: number, hi: number];
}

const Z_95 = 1.959964;

/**
 * The ratio `Σ numerator / Σ denominator` with its 95 % interval, by the delta method: `ψ_i = (a_i − θ·b_i) / b̄`, summed
 * by cluster, because the decisions of one job are not independent: `se² = G/(G−1) · Σ_g (Σ_{i∈g} ψ_i)² / n²`.
 *
 * @param clusters the cluster of each row, shape [n]
 */
export function clusteredRatio(
  numerator: Float64Array,
  denominator: Float64Array,
  clusters: readonly number[],
): Estimate {
  const n = numerator.length;
  const total = sum(denominator);
  const value = sum(numerator) / total;
  const byCluster = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const influence = (numerator[i] ?? 0) - value * (denominator[i] ?? 0);
    const cluster = clusters[i] ?? i;
    byCluster.set(cluster, (byCluster.get(cluster) ?? 0) + influence);
  }
  let squares = 0;
  for (const influence of byCluster.values()) squares += influence * influence;
  const groups = byCluster.size;
  const standardError = groups < 2 ? Infinity : Math.sqrt((groups / (groups - 1)) * squares) / Math.abs(total);
  return { value, interval: [value - Z_95 * standardError, value + Z_95 * standardError] };
}

/** The mean, as `clusteredRatio`. */
export function clusteredMean(values: Float64Array, clusters: readonly number[]): Estimate {
  return clusteredRatio(values, new Float64Array(values.length).fill(1), clusters);
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

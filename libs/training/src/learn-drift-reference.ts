import { driftBinOf, type DriftReference, type FeatureSpec } from '@smart-retry/ml';
import type { Dataset } from './dataset.js';

const BINS = 10;

/** How the columns of training rows are distributed: ten equally filled bins each, where values differ enough. */
export function learnDriftReference(columns: readonly FeatureSpec[], data: Dataset): DriftReference {
  const rows = data.rows.length;
  return {
    columns: columns.map(({ name }, column) => {
      const values = Float64Array.from({ length: rows }, (_, i) => data.values[i * data.width + column] as number);
      const present = values.filter((value) => !Number.isNaN(value)).sort();
      const quantiles = Array.from(
        { length: BINS - 1 },
        (_, i) => present[Math.floor(((i + 1) * present.length) / BINS)],
      );
      const edges = [...new Set(quantiles.filter((value) => value !== undefined))];
      const counts = new Array<number>(edges.length + 2).fill(0);
      for (const value of values) {
        const bin = driftBinOf({ edges }, value);
        counts[bin] = (counts[bin] as number) + 1;
      }
      return { name, edges, shares: counts.map((count) => count / rows) };
    }),
  };
}

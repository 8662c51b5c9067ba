import { driftBinOf, Encoder, type DriftReference, type FeatureSchema } from '@smart-retry/ml';
import { encodeApart } from './dataset.js';
import type { TrainingRow } from './training-row.js';

const BINS = 10;
/** So many rows tell the shares of ten bins well enough. */
const MAX_ROWS = 20_000;

/**
 * How the columns of training rows are distributed: ten equally filled bins each, where values differ enough. Encoded as a
 * server would: what is encoded out of fold for training takes other values than anything that comes later.
 */
export function learnDriftReference(schema: FeatureSchema, trainingRows: readonly TrainingRow[]): DriftReference {
  const stride = Math.ceil(trainingRows.length / MAX_ROWS);
  const data = encodeApart(
    schema,
    trainingRows.filter((_, i) => i % stride === 0),
  );
  const rows = data.rows.length;
  const { columns } = new Encoder(schema);
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

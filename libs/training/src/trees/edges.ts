/** The inner edges of one column's bins, rising: bin b (from 1) holds `edges[b − 2] < value ≤ edges[b − 1]`. */
export type Edges = Float64Array;

const MAX_VALUE_BINS = 255;
/** Quantiles are taken of so many rows, evenly spread. */
const QUANTILE_ROWS = 100_000;

/** Edges between the quantiles of what is not missing; halfway between neighbours where there are few different values. */
export function learnEdges(values: Float64Array, width: number, column: number): Edges {
  const rows = values.length / width;
  const step = Math.max(1, Math.floor(rows / QUANTILE_ROWS));
  const sample = new Float64Array(Math.ceil(rows / step));
  let count = 0;
  for (let i = 0; i < rows; i += step) {
    const value = values[i * width + column] as number;
    if (value === value) sample[count++] = value;
  }
  const sorted = sample.subarray(0, count).sort();
  const distinct = fewDistinct(sorted);
  if (distinct !== undefined) return distinct.slice(1).map((value, i) => between(distinct[i] as number, value));
  const edges = new Set<number>();
  for (let bin = 1; bin < MAX_VALUE_BINS; bin++) {
    const at = Math.floor((bin * count) / MAX_VALUE_BINS);
    const [below, above] = [sorted[at - 1] as number, sorted[at] as number];
    edges.add(below === above ? above : between(below, above));
  }
  // An edge at the largest value would leave nothing beyond it.
  edges.delete(sorted[count - 1] as number);
  return Float64Array.from(edges).sort();
}

/** The different values, unless there are more than bins. */
function fewDistinct(sorted: Float64Array): Float64Array | undefined {
  const distinct = new Float64Array(MAX_VALUE_BINS);
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] as number;
    if (i > 0 && value === sorted[i - 1]) continue;
    if (count === MAX_VALUE_BINS) return undefined;
    distinct[count++] = value;
  }
  return distinct.subarray(0, count);
}

/** Halfway, but never rounded up to `above`. */
function between(below: number, above: number): number {
  const middle = below + (above - below) / 2;
  return middle < above ? middle : below;
}

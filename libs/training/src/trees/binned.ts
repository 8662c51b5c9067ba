/** Bins of a column: 0 holds missing values, 1 … 255 the others. */
export const BINS = 256;
const MAX_VALUE_BINS = BINS - 1;
/** Quantiles are taken of so many rows, evenly spread. */
const QUANTILE_ROWS = 200_000;

/** The inner edges of one column, rising: bin b (from 1) holds `edges[b − 2] < value ≤ edges[b − 1]`. */
export type Edges = Float64Array;

/** Columns of small integers: `bins[c][i]` is the bin of row i. */
export interface Binned {
  readonly rows: number;
  readonly edges: readonly Edges[];
  readonly bins: readonly Uint8Array[];
}

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
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= MAX_VALUE_BINS)
    return distinct.slice(1).map((value, i) => between(distinct[i] as number, value));
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

/** Halfway, but never rounded up to `above`. */
function between(below: number, above: number): number {
  const middle = below + (above - below) / 2;
  return middle < above ? middle : below;
}

/** The bins of one column's values. */
export function binColumn(values: Float64Array, width: number, column: number, edges: Edges): Uint8Array {
  const rows = values.length / width;
  const bins = new Uint8Array(rows);
  for (let i = 0, at = column; i < rows; i++, at += width) {
    const value = values[at] as number;
    if (value !== value) continue;
    let lo = 0;
    let hi = edges.length;
    while (lo < hi) {
      const middle = (lo + hi) >> 1;
      if (value <= (edges[middle] as number)) hi = middle;
      else lo = middle + 1;
    }
    bins[i] = lo + 1;
  }
  return bins;
}

/** Bins all columns of a row-by-row matrix, with the edges given or learned of itself. */
export function binMatrix(values: Float64Array, width: number, given?: readonly Edges[]): Binned {
  const edges = given ?? Array.from({ length: width }, (_, column) => learnEdges(values, width, column));
  return {
    rows: values.length / width,
    edges,
    bins: edges.map((columnEdges, column) => binColumn(values, width, column, columnEdges)),
  };
}

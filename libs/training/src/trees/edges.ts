/** The inner edges of one column's bins, rising: bin b (from 1) holds `edges[b − 2] < value ≤ edges[b − 1]`. */
export type Edges = Float64Array;

/** Bins of values where a bin is one byte; bin 0 is of missing ones. */
const NARROW_VALUES = 255;
/** Bins of values of a wide column at most: 64 KiB of a histogram. */
const WIDE_VALUES = 4_095;
/** Bins of values of all wide columns together at most, about: 1 MiB of a histogram. */
const ALL_WIDE_VALUES = 16 * WIDE_VALUES;
/** With fewer rows a bin on average, more bins tell a tree nothing that it could believe. */
const ROWS_OF_A_WIDE_BIN = 8;
/** Quantiles are taken of so many rows, evenly spread. */
const QUANTILE_ROWS = 100_000;

/**
 * The edges of all columns of a row-by-row matrix, shape [rows, width]: 255 bins a column, and some thousands where more
 * different values repeat, as ids and counts do.
 * @param estimates columns that never get more than 255
 */
export function learnEdges(
  values: Float64Array,
  width: number,
  estimates: ReadonlySet<number> = new Set(),
): readonly Edges[] {
  const edges = Array.from({ length: width }, (_, column) =>
    edgesOf(values, width, column, estimates.has(column) ? NARROW_VALUES : WIDE_VALUES),
  );
  const wide = edges.filter(isWide).length;
  const most = Math.max(NARROW_VALUES, Math.floor(ALL_WIDE_VALUES / wide));
  return edges.map((each, column) => (each.length < most ? each : edgesOf(values, width, column, most)));
}

/** Whether a bin of the column takes two bytes. */
export function isWide(edges: Edges): boolean {
  return edges.length >= NARROW_VALUES;
}

/** Edges between the quantiles of what is not missing; halfway between neighbours where there are few different values. */
function edgesOf(values: Float64Array, width: number, column: number, most: number): Edges {
  const sorted = sortedSample(values, width, column);
  const distinct = countDistinct(sorted);
  const bins = distinct * ROWS_OF_A_WIDE_BIN <= sorted.length ? most : NARROW_VALUES;
  return distinct <= bins ? betweenNeighbours(sorted, distinct) : betweenQuantiles(sorted, bins);
}

function sortedSample(values: Float64Array, width: number, column: number): Float64Array {
  const rows = values.length / width;
  const step = Math.max(1, Math.floor(rows / QUANTILE_ROWS));
  const sample = new Float64Array(Math.ceil(rows / step));
  let count = 0;
  for (let i = 0; i < rows; i += step) {
    const value = values[i * width + column] as number;
    if (value === value) sample[count++] = value;
  }
  return sample.subarray(0, count).sort();
}

function countDistinct(sorted: Float64Array): number {
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) count++;
  return count;
}

function betweenNeighbours(sorted: Float64Array, distinct: number): Edges {
  const edges = new Float64Array(Math.max(0, distinct - 1));
  let count = 0;
  for (let i = 1; i < sorted.length; i++) {
    const [below, above] = [sorted[i - 1] as number, sorted[i] as number];
    if (below !== above) edges[count++] = between(below, above);
  }
  return edges;
}

function betweenQuantiles(sorted: Float64Array, bins: number): Edges {
  const edges = new Set<number>();
  for (let bin = 1; bin < bins; bin++) {
    const at = Math.floor((bin * sorted.length) / bins);
    const [below, above] = [sorted[at - 1] as number, sorted[at] as number];
    edges.add(below === above ? above : between(below, above));
  }
  // An edge at the largest value would leave nothing beyond it.
  edges.delete(sorted[sorted.length - 1] as number);
  return Float64Array.from(edges).sort();
}

/** Halfway, but never rounded up to `above`. */
function between(below: number, above: number): number {
  const middle = below + (above - below) / 2;
  return middle < above ? middle : below;
}

import { learnEdges, type Edges } from './edges.js';

/** Bins of a column: 0 holds missing values, 1 … 255 the others. */
export const BINS = 256;
/** Columns whose bins are read at once. */
export const COLUMNS_OF_A_WORD = 4;
/** Cells of the grid that says where to look for a value's bin. */
const CELLS = 2_048;

/** A matrix of small integers, row by row: the bin of row i and column c is at `i · stride + c`. */
export interface Binned {
  readonly rows: number;
  /** A multiple of four; columns beyond the real ones hold 0. */
  readonly stride: number;
  readonly edges: readonly Edges[];
  readonly bins: Uint8Array;
  /** The same memory, four columns at a time. */
  readonly words: Uint32Array;
  /** The same bins once more, by column: to divide rows by one column, only that one is read. */
  readonly columns: readonly Uint8Array[];
}

/** Bytes per row in a row-by-row matrix of bins. */
export function strideOf(width: number): number {
  return COLUMNS_OF_A_WORD * Math.ceil(width / COLUMNS_OF_A_WORD);
}

/**
 * Bins all columns of a row-by-row matrix, shape [rows, width].
 * @param options.edges default: learned of the matrix itself
 * @param options.allocate where the bins are kept
 */
export function binMatrix(
  values: Float64Array,
  width: number,
  options: {
    readonly edges?: readonly Edges[];
    readonly allocate?: (bytes: number) => Uint8Array<ArrayBuffer>;
  } = {},
): Binned {
  const { allocate = (bytes) => new Uint8Array(bytes) } = options;
  const rows = values.length / width;
  const edges = options.edges ?? Array.from({ length: width }, (_, column) => learnEdges(values, width, column));
  const stride = strideOf(width);
  const bins = allocate(rows * stride);
  const columns = edges.map((columnEdges, column) => {
    const ofColumn = allocate(rows);
    binColumn(values, width, column, columnEdges, ofColumn);
    for (let i = 0, to = column; i < rows; i++, to += stride) bins[to] = ofColumn[i] as number;
    return ofColumn;
  });
  return { rows, stride, edges, bins, words: new Uint32Array(bins.buffer, bins.byteOffset, bins.length / 4), columns };
}

/** A grid of equal cells first, then the few edges within one: most values are found in two or three steps. */
function binColumn(values: Float64Array, width: number, column: number, edges: Edges, bins: Uint8Array): void {
  const rows = values.length / width;
  const least = edges[0] ?? 0;
  const cellsPerUnit = CELLS / ((edges[edges.length - 1] ?? 0) - least || 1);
  const starts = gridOf(edges, least, cellsPerUnit);
  for (let i = 0, at = column; i < rows; i++, at += width) {
    const value = values[at] as number;
    if (value !== value) continue;
    const cell = cellOf(value, least, cellsPerUnit);
    let lo = starts[cell] as number;
    let hi = starts[cell + 1] as number;
    while (lo < hi) {
      const middle = (lo + hi) >> 1;
      if (value <= (edges[middle] as number)) hi = middle;
      else lo = middle + 1;
    }
    bins[i] = lo + 1;
  }
}

/** By cell: how many edges lie in earlier ones. The same arithmetic for edges as for values, so that rounding moves both alike. */
function gridOf(edges: Edges, least: number, cellsPerUnit: number): Uint16Array {
  const starts = new Uint16Array(CELLS + 3);
  for (const edge of edges) {
    const next = cellOf(edge, least, cellsPerUnit) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let cell = 1; cell < starts.length; cell++)
    starts[cell] = (starts[cell] as number) + (starts[cell - 1] as number);
  return starts;
}

function cellOf(value: number, least: number, cellsPerUnit: number): number {
  const cell = (value - least) * cellsPerUnit;
  return cell < 0 ? 0 : cell >= CELLS ? CELLS + 1 : 1 + (cell | 0);
}

import { isWide, type Edges } from './edges.js';

/** Cells of the grid that says where to look for a value's bin. */
const CELLS = 2_048;

/** By row the bin of one column: 0 where the value is missing. Two bytes a bin where 255 bins are too few. */
export type BinnedColumn = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** A matrix of small integers, column by column: to divide rows by one column, only that one is read. */
export interface Binned {
  readonly rows: number;
  readonly edges: readonly Edges[];
  readonly columns: readonly BinnedColumn[];
}

/** Where columns of bins are kept. */
export interface BinSpace {
  bytes(length: number): Uint8Array<ArrayBuffer>;
  shorts(length: number): Uint16Array<ArrayBuffer>;
}

const ON_ITS_OWN: BinSpace = {
  bytes: (length) => new Uint8Array(length),
  shorts: (length) => new Uint16Array(length),
};

/** Bins all columns of a row-by-row matrix, shape [rows, one for each column's edges]. */
export function binMatrix(values: Float64Array, edges: readonly Edges[], space = ON_ITS_OWN): Binned {
  const rows = values.length / edges.length;
  const columns = edges.map((columnEdges, column) => {
    const bins = isWide(columnEdges) ? space.shorts(rows) : space.bytes(rows);
    binColumn(values, edges.length, column, columnEdges, bins);
    return bins;
  });
  return { rows, edges, columns };
}

/** A grid of equal cells first, then the few edges within one: most values are found in two or three steps. */
function binColumn(values: Float64Array, width: number, column: number, edges: Edges, bins: BinnedColumn): void {
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

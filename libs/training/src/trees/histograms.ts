import type { Binned, BinnedColumn } from './binned.js';
import { isWide, type Edges } from './edges.js';
import { NARROW_STRIDE, type SlopedRows, type TreeMemory } from './tree-memory.js';

/** Sums of gradients and hessians: of bin b of a column at `offset + 2 · b` of its stretch, and one further. */
export type Histogram = Float64Array<ArrayBuffer>;

/** Where a histogram holds one column. */
export interface Stretch {
  readonly offset: number;
  /** Bins, that of missing values included. */
  readonly bins: number;
}

/** Columns whose bins are read at once. */
const COLUMNS_OF_A_WORD = 4;

/** Narrow columns first, as their bins lie in a row; then wide ones, each as long as it has bins. */
interface Layout {
  readonly narrow: readonly number[];
  readonly wide: readonly number[];
  readonly wordsOfARow: number;
  readonly stretches: readonly Stretch[];
  /** Doubles of a histogram. */
  readonly length: number;
}

function layOut(edges: readonly Edges[]): Layout {
  const [narrow, wide]: [number[], number[]] = [[], []];
  edges.forEach((each, column) => (isWide(each) ? wide : narrow).push(column));
  const wordsOfARow = Math.ceil(narrow.length / COLUMNS_OF_A_WORD);
  const stretches: Stretch[] = [];
  narrow.forEach((column, i) => (stretches[column] = { offset: i * NARROW_STRIDE, bins: binsOf(edges[column]) }));
  let length = wordsOfARow * COLUMNS_OF_A_WORD * NARROW_STRIDE;
  for (const column of wide) {
    stretches[column] = { offset: length, bins: binsOf(edges[column]) };
    length += 2 * binsOf(edges[column]);
  }
  return { narrow, wide, wordsOfARow, stretches, length };
}

function binsOf(edges: Edges | undefined): number {
  return (edges?.length ?? 0) + 2;
}

/** Histograms of rows, in the memory given; those that are given back are used again. */
export class Histograms {
  /** By column. */
  readonly stretches: readonly Stretch[];
  readonly #memory: TreeMemory;
  readonly #length: number;
  /** Narrow columns once more, row by row: they are summed together. */
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #wordsOfARow: number;
  readonly #wide: readonly { readonly stretch: Stretch; readonly bins: Uint16Array<ArrayBuffer> }[];
  readonly #free: Histogram[] = [];

  constructor({ rows, edges, columns }: Binned, memory: TreeMemory) {
    const { narrow, wide, wordsOfARow, stretches, length } = layOut(edges);
    this.stretches = stretches;
    this.#memory = memory;
    this.#length = length;
    this.#wordsOfARow = wordsOfARow;
    this.#words = memory.words(rows * wordsOfARow);
    interleave(
      narrow.map((column) => columns[column] as BinnedColumn),
      this.#words,
      wordsOfARow,
    );
    this.#wide = wide.map((column) => ({
      stretch: stretches[column] as Stretch,
      bins: columns[column] as Uint16Array<ArrayBuffer>,
    }));
  }

  /** What histograms of so many leaves take of a memory, at most. */
  static sizeOf(edges: readonly Edges[], rows: number, leaves: number): { bytes: number; allocations: number } {
    const { wordsOfARow, length } = layOut(edges);
    return { bytes: 4 * rows * wordsOfARow + 8 * length * leaves, allocations: 1 + leaves };
  }

  /** The sums over the rows `order[from … to)`. */
  of(rows: SlopedRows, from: number, to: number): Histogram {
    const histogram = this.#free.pop()?.fill(0) ?? this.#memory.doubles(this.#length);
    this.#memory.addRows(histogram, { words: this.#words, wordsOfARow: this.#wordsOfARow }, rows, from, to);
    for (const { stretch, bins } of this.#wide) {
      const ofColumn = histogram.subarray(stretch.offset, stretch.offset + 2 * stretch.bins);
      this.#memory.addColumn(ofColumn, bins, rows, from, to);
    }
    return histogram;
  }

  giveBack(histogram: Histogram): void {
    this.#free.push(histogram);
  }
}

function interleave(columns: readonly BinnedColumn[], words: Uint32Array<ArrayBuffer>, wordsOfARow: number): void {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const stride = COLUMNS_OF_A_WORD * wordsOfARow;
  columns.forEach((bins, column) => {
    for (let i = 0, to = column; i < bins.length; i++, to += stride) bytes[to] = bins[i] as number;
  });
}

/** `parent − child`, into `parent`: what the other child holds. */
export function subtract(parent: Histogram, child: Histogram): void {
  for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] as number) - (child[i] as number);
}

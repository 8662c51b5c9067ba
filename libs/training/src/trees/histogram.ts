import { BINS, COLUMNS_OF_A_WORD, type Binned } from './binned.js';

/** Sums of gradients and hessians by column and bin: at `(column · 256 + bin) · 2`, and one further. */
export type Histogram = Float64Array;

/** Entries of one column in a histogram. */
export const COLUMN_STRIDE = BINS * 2;
const WORD_STRIDE = COLUMN_STRIDE * COLUMNS_OF_A_WORD;

/**
 * Adds the rows `order[from … to)`. Row by row, four columns of a row with one read: a row's bins share a cache line,
 * while to go column by column through the rows of a leaf costs a line for each bin (three times as slow).
 */
export function addRows(
  histogram: Histogram,
  { words, stride }: Binned,
  order: Uint32Array,
  from: number,
  to: number,
  gradients: Float32Array,
  hessians: Float32Array,
): void {
  const wordsOfARow = stride / COLUMNS_OF_A_WORD;
  for (let i = from; i < to; i++) {
    const row = order[i] as number;
    const gradient = gradients[row] as number;
    const hessian = hessians[row] as number;
    const first = row * wordsOfARow;
    let offset = 0;
    for (let k = 0; k < wordsOfARow; k++) {
      const word = words[first + k] as number;
      let at = offset + ((word & 255) << 1);
      histogram[at] = (histogram[at] as number) + gradient;
      histogram[at + 1] = (histogram[at + 1] as number) + hessian;
      at = offset + COLUMN_STRIDE + (((word >>> 8) & 255) << 1);
      histogram[at] = (histogram[at] as number) + gradient;
      histogram[at + 1] = (histogram[at + 1] as number) + hessian;
      at = offset + 2 * COLUMN_STRIDE + (((word >>> 16) & 255) << 1);
      histogram[at] = (histogram[at] as number) + gradient;
      histogram[at + 1] = (histogram[at + 1] as number) + hessian;
      at = offset + 3 * COLUMN_STRIDE + ((word >>> 24) << 1);
      histogram[at] = (histogram[at] as number) + gradient;
      histogram[at + 1] = (histogram[at + 1] as number) + hessian;
      offset += WORD_STRIDE;
    }
  }
}

/** `parent − child`, into `parent`: what the other child holds. */
export function subtract(parent: Histogram, child: Histogram): void {
  for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] as number) - (child[i] as number);
}

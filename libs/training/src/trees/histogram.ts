import { BINS } from './binned.js';

/** Sums of gradients and hessians by column and bin: at `(column · 256 + bin) · 2`, and one further. */
export type Histogram = Float64Array;

/** Entries of one column in a histogram. */
export const COLUMN_STRIDE = BINS * 2;

/** Adds the rows `order[from … to)` of one column; `gradients` and `hessians` are in the same order, from 0. */
export function addColumn(
  histogram: Histogram,
  offset: number,
  bins: Uint8Array,
  order: Uint32Array,
  from: number,
  to: number,
  gradients: Float32Array,
  hessians: Float32Array,
): void {
  for (let i = from, j = 0; i < to; i++, j++) {
    const at = offset + ((bins[order[i] as number] as number) << 1);
    histogram[at] = (histogram[at] as number) + (gradients[j] as number);
    histogram[at + 1] = (histogram[at + 1] as number) + (hessians[j] as number);
  }
}

/** `parent − child`, into `parent`: what the other child holds. */
export function subtract(parent: Histogram, child: Histogram): void {
  for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] as number) - (child[i] as number);
}

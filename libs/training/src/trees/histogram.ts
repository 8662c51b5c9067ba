import { BINS } from './binned.js';

/** Sums of gradients and hessians by column and bin: at `(column · 256 + bin) · 2`, and one further. */
export type Histogram = Float64Array;

/** Entries of one column in a histogram. */
export const COLUMN_STRIDE = BINS * 2;

/** `parent − child`, into `parent`: what the other child holds. */
export function subtract(parent: Histogram, child: Histogram): void {
  for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] as number) - (child[i] as number);
}

import { delayBucketIndex } from '@smart-retry/domain';

/** One bin of the delay grid, `[fromMs, toMs)`: a part of one of the eight buckets. */
export interface DelayBin {
  readonly fromMs: number;
  readonly toMs: number;
  /** Index of the bucket that it is part of. */
  readonly bucket: number;
  /** The delay that is proposed for it. */
  readonly delayMs: number;
}

/** Where bins begin, and the delay that stands for each: about the middle; two hours for the last, which has no end. */
const GRID: readonly (readonly [fromMs: number, delayMs: number])[] = [
  [0, 100],
  [300, 550],
  [1_000, 1_500],
  [2_200, 3_300],
  [5_000, 6_700],
  [9_000, 11_500],
  [15_000, 17_500],
  [21_000, 25_000],
  [30_000, 35_500],
  [42_000, 50_000],
  [60_000, 75_000],
  [95_000, 125_000],
  [160_000, 200_000],
  [245_000, 285_000],
  [300_000, 400_000],
  [540_000, 700_000],
  [900_000, 1_800_000],
  [3_600_000, 7_200_000],
];

/** All delays, finer than the eight buckets: each bucket in two, `1-5m` in four, as most plans end there. */
export const DELAY_BINS: readonly DelayBin[] = GRID.map(([fromMs, delayMs], i) => ({
  fromMs,
  toMs: GRID[i + 1]?.[0] ?? Number.POSITIVE_INFINITY,
  bucket: delayBucketIndex(fromMs),
  delayMs,
}));

export const BIN_COUNT = DELAY_BINS.length;

const UPPER_EDGES_MS = Float64Array.from(DELAY_BINS, (bin) => bin.toMs);

/** The index of the bin that holds `delayMs` (≥ 0). */
export function delayBinIndex(delayMs: number): number {
  let index = 0;
  while (index < BIN_COUNT - 1 && delayMs >= (UPPER_EDGES_MS[index] ?? 0)) index++;
  return index;
}

/** The delay that is proposed for a bin. */
export function delayOfBin(bin: number): number {
  return DELAY_BINS[bin]?.delayMs ?? 0;
}

/** The bucket that a bin is part of. */
export function bucketOfBin(bin: number): number {
  return DELAY_BINS[bin]?.bucket ?? 0;
}

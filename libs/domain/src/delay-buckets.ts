/** A half-open range of delays, `[fromMs, toMs)`. */
export interface DelayBucket {
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const LAST_BUCKET: DelayBucket = { label: '15m+', fromMs: 900_000, toMs: Number.POSITIVE_INFINITY };

/** The eight delay buckets over which outcomes are learned. */
export const DELAY_BUCKETS: readonly DelayBucket[] = [
  { label: '0-1s', fromMs: 0, toMs: 1_000 },
  { label: '1-5s', fromMs: 1_000, toMs: 5_000 },
  { label: '5-15s', fromMs: 5_000, toMs: 15_000 },
  { label: '15-30s', fromMs: 15_000, toMs: 30_000 },
  { label: '30-60s', fromMs: 30_000, toMs: 60_000 },
  { label: '1-5m', fromMs: 60_000, toMs: 300_000 },
  { label: '5-15m', fromMs: 300_000, toMs: 900_000 },
  LAST_BUCKET,
];

/** The index of the bucket that holds `delayMs` (≥ 0). */
export function delayBucketIndex(delayMs: number): number {
  return DELAY_BUCKETS.indexOf(delayBucketOf(delayMs));
}

/** The bucket that holds `delayMs` (≥ 0). */
export function delayBucketOf(delayMs: number): DelayBucket {
  for (const bucket of DELAY_BUCKETS) if (delayMs < bucket.toMs) return bucket;
  return LAST_BUCKET;
}

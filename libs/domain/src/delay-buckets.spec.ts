import { describe, expect, it } from '@jest/globals';
import { DELAY_BUCKETS, delayBucketIndex } from './delay-buckets.js';

describe('delay buckets', () => {
  it('tile all delays without gap or overlap', () => {
    expect(DELAY_BUCKETS[0]?.fromMs).toBe(0);
    DELAY_BUCKETS.slice(1).forEach((bucket, i) => expect(bucket.fromMs).toBe(DELAY_BUCKETS[i]?.toMs));
    expect(DELAY_BUCKETS.at(-1)?.toMs).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    [0, 0],
    [999, 0],
    [1_000, 1],
    [59_999, 4],
    [60_000, 5],
    [900_000, 7],
    [Number.MAX_SAFE_INTEGER, 7],
  ])('put %p ms into bucket %p', (delayMs, index) => {
    expect(delayBucketIndex(delayMs)).toBe(index);
  });
});

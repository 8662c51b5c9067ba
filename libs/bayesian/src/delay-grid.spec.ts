import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DELAY_BUCKETS, delayBucketIndex } from '@smart-retry/domain';
import { BIN_COUNT, bucketOfBin, DELAY_BINS, delayBinIndex, delayOfBin } from './delay-grid.js';

describe('the delay grid', () => {
  it('tiles all delays: half-open bins from 0 to infinity without gap or overlap', () => {
    expect(DELAY_BINS[0]?.fromMs).toBe(0);
    expect(DELAY_BINS.at(-1)?.toMs).toBe(Number.POSITIVE_INFINITY);
    DELAY_BINS.slice(1).forEach(({ fromMs, toMs }, i) => {
      expect(fromMs).toBe(DELAY_BINS[i]?.toMs);
      expect(toMs).toBeGreaterThan(fromMs);
    });
  });

  it('keeps each bin within one bucket, and leaves no bucket out', () => {
    for (const { fromMs, toMs, bucket } of DELAY_BINS) {
      expect(fromMs).toBeGreaterThanOrEqual(DELAY_BUCKETS[bucket]?.fromMs ?? Infinity);
      expect(toMs).toBeLessThanOrEqual(DELAY_BUCKETS[bucket]?.toMs ?? 0);
    }
    expect(new Set(DELAY_BINS.map(({ bucket }) => bucket)).size).toBe(DELAY_BUCKETS.length);
  });

  it('proposes for each bin a delay of that bin', () => {
    for (let bin = 0; bin < BIN_COUNT; bin++) expect(delayBinIndex(delayOfBin(bin))).toBe(bin);
  });

  it('finds the bin that holds a delay, and by it the bucket', () => {
    const delay = fc.oneof(
      fc.nat(2e7),
      fc.constantFrom(...DELAY_BINS.map(({ fromMs }) => fromMs)),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
    );
    fc.assert(
      fc.property(delay, (delayMs) => {
        const bin = delayBinIndex(delayMs);
        expect(delayMs).toBeGreaterThanOrEqual(DELAY_BINS[bin]?.fromMs ?? Infinity);
        expect(delayMs).toBeLessThan(DELAY_BINS[bin]?.toMs ?? 0);
        expect(bucketOfBin(bin)).toBe(delayBucketIndex(delayMs));
      }),
    );
  });
});

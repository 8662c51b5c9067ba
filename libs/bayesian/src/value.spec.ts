import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BIN_COUNT, DELAY_BINS } from './delay-grid.js';
import { someQuestion } from './testing/builders.js';
import { bestBin, boundedDelayOf, valueOf, valueTermsOf } from './value.js';

const { bounds: BOUNDS, objective: OBJECTIVE } = someQuestion();

describe('valueOf', () => {
  it('is Q(n, d) = g(d) · ( g(s) · [p + (1 − p) · V(n+1)] − cost ) with g(t) = 2^(−t / half-life)', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const halfLife = fc.integer({ min: 60_000, max: 1e8 });
    fc.assert(
      fc.property(
        share,
        share,
        share,
        halfLife,
        fc.nat(60_000),
        (chance, later, attemptCost, valueHalfLifeMs, processingMs) => {
          const terms = valueTermsOf({ valueHalfLifeMs, attemptCost }, { ...BOUNDS, processingMs });
          const g = (ms: number) => Math.pow(2, -ms / valueHalfLifeMs);
          DELAY_BINS.forEach(({ fromMs, delayMs }, bin) => {
            const value = valueOf(terms, bin, chance, later);
            if (fromMs >= BOUNDS.maxDelayMs) expect(value).toBe(Number.NEGATIVE_INFINITY);
            else {
              const q = g(delayMs) * (g(processingMs) * (chance + (1 - chance) * later) - attemptCost);
              expect(value).toBeCloseTo(q, 12);
            }
          });
        },
      ),
    );
  });

  it('allows the bins that bounds touch, and values them at a delay within bounds', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e7), (minDelayMs, extraMs) => {
        const bounds = { ...BOUNDS, minDelayMs, maxDelayMs: minDelayMs + extraMs };
        const { gains } = valueTermsOf({ ...OBJECTIVE, valueHalfLifeMs: 1e10 }, bounds);
        const allowed = [...gains.keys()].filter((bin) => (gains[bin] ?? 0) > 0);
        expect(allowed.length).toBeGreaterThan(0);
        for (const bin of allowed) {
          expect(boundedDelayOf(bin, bounds)).toBeGreaterThanOrEqual(minDelayMs);
          expect(boundedDelayOf(bin, bounds)).toBeLessThanOrEqual(bounds.maxDelayMs);
        }
      }),
    );
  });
});

describe('bestBin', () => {
  const terms = valueTermsOf(OBJECTIVE, BOUNDS);
  const nothing = new Array<number>(BIN_COUNT);

  it('is the one of greatest value, the shortest of equals', () => {
    expect(bestBin(terms, new Array<number>(BIN_COUNT).fill(0.9), nothing)).toBe(0);
    const onlyFifth = Array.from({ length: BIN_COUNT }, (_, bin) => (bin === 5 ? 0.9 : 0.1));
    expect(bestBin(terms, onlyFifth, nothing)).toBe(5);
    const free = { gains: new Array<number>(BIN_COUNT).fill(1), costs: new Array<number>(BIN_COUNT) };
    expect(bestBin(free, new Array<number>(BIN_COUNT).fill(0.5), nothing)).toBe(0);
  });

  it('is stop (−1) where no retry is worth its cost', () => {
    expect(bestBin(terms, new Array<number>(BIN_COUNT).fill(OBJECTIVE.attemptCost / 2), nothing)).toBe(-1);
  });
});

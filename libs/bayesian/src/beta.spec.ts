import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { betaQuantile, credibleInterval } from './beta.js';

const REFERENCE: readonly (readonly [q: number, alpha: number, beta: number, quantile: number])[] = [
  [0.025, 8, 3, 0.4439045376923585], // scipy 1.17.1: beta.ppf(0.025, 8, 3)
  [0.05, 8, 3, 0.4930986989367976], // scipy 1.17.1: beta.ppf(0.05, 8, 3)
  [0.95, 8, 3, 0.9127355660858496], // scipy 1.17.1: beta.ppf(0.95, 8, 3)
  [0.05, 0.5, 0.5, 0.0061558297024311365], // scipy 1.17.1: beta.ppf(0.05, 0.5, 0.5)
  [0.95, 2, 198, 0.02361544364196703], // scipy 1.17.1: beta.ppf(0.95, 2, 198)
  [0.05, 180, 20, 0.8630533043385079], // scipy 1.17.1: beta.ppf(0.05, 180, 20)
  [0.5, 30, 70, 0.2986619743086956], // scipy 1.17.1: beta.ppf(0.5, 30, 70)
  [0.05, 3_000, 7_000, 0.292485465370876], // scipy 1.17.1: beta.ppf(0.05, 3000, 7000)
  [0.95, 9_990, 10, 0.9994573081458185], // scipy 1.17.1: beta.ppf(0.95, 9990, 10)
];

describe('betaQuantile', () => {
  it.each(REFERENCE)('agrees with the reference at %d of Beta(%d, %d)', (q, alpha, beta, quantile) => {
    expect(Math.abs(betaQuantile(q, alpha, beta) - quantile)).toBeLessThan(1e-6);
  });

  it('agrees with the closed forms of Beta(a, 1) and Beta(1, b)', () => {
    const parameter = fc.double({ min: 0.2, max: 500, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(0.05, 0.5, 0.95), parameter, (q, n) => {
        expect(betaQuantile(q, n, 1)).toBeCloseTo(q ** (1 / n), 5);
        expect(betaQuantile(q, 1, n)).toBeCloseTo(1 - (1 - q) ** (1 / n), 5);
      }),
    );
  });

  it('counts more evidence than the library bears as less, with the same mean', () => {
    const huge = betaQuantile(0.05, 3e6, 7e6);
    expect(huge).toBe(betaQuantile(0.05, 3_000, 7_000));
    expect(huge).toBeLessThan(0.3);
  });
});

describe('credibleInterval', () => {
  it('is a proper interval within 0 and 1 for any mean and evidence, the narrower the more is known', () => {
    const mean = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(mean, fc.double({ min: 0.5, max: 1e6, noNaN: true }), (m, n) => {
        const [lo, hi] = credibleInterval(m, n);
        expect(lo).toBeGreaterThanOrEqual(0);
        expect(hi).toBeLessThanOrEqual(1);
        expect(lo).toBeLessThanOrEqual(m);
        expect(hi).toBeGreaterThanOrEqual(m);
      }),
    );
    expect(credibleInterval(1e-9, 1e6).every(Number.isFinite)).toBe(true);
    const width = (n: number) => credibleInterval(0.3, n)[1] - credibleInterval(0.3, n)[0];
    expect(width(100)).toBeLessThan(width(10));
  });

  it('does not take for impossible what merely never happened', () => {
    // scipy 1.17.1: beta.ppf(0.9, 0.5, 20)
    expect(credibleInterval(0, 20)[1]).toBeCloseTo(0.06619191753496478, 6);
    expect(credibleInterval(1, 20)[0]).toBeCloseTo(1 - 0.06619191753496478, 6);
    expect(credibleInterval(0, 2_000)[1]).toBeLessThan(0.001);
  });

  it('holds 0 where hardly anything ever succeeded and 1 where hardly anything failed, which no central interval does', () => {
    // Beta(0.8, 39.2); scipy 1.17.1: beta.ppf(0.9, 0.8, 39.2), beta.ppf(0.05, 0.8, 39.2)
    const [lo, hi] = credibleInterval(0.02, 40);
    expect(lo).toBe(0);
    expect(hi).toBeCloseTo(0.04853258532661975, 6);
    expect(betaQuantile(0.05, 0.8, 39.2)).toBeCloseTo(0.0005598768528363956, 6);
    expect(credibleInterval(0.98, 40)[1]).toBe(1);
    // One success and a half are something: Beta(1.6, 38.4).
    expect(credibleInterval(0.04, 40)[0]).toBeGreaterThan(0);
    // Nothing is known: the density is highest at both ends.
    const [least, most] = credibleInterval(0.5, 1.5);
    expect(least).toBeGreaterThan(0);
    expect(most).toBeLessThan(1);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BIN_COUNT } from './delay-grid.js';
import { DEVIATES, DRAWS } from './deviates.js';
import { PRIOR, type Posterior } from './posterior.js';
import { STOP, tabulateThompson, type Comparison } from './thompson.js';
import { someQuestion } from './testing/builders.js';
import { bestBin, valueOf, valueTermsOf } from './value.js';

const { bounds: BOUNDS, objective: OBJECTIVE } = someQuestion();
const TERMS = valueTermsOf(OBJECTIVE, BOUNDS);
const NOTHING = new Array<number>(BIN_COUNT);

const tabulate = (meanOf: (bin: number) => number, evidence: number, anchor = -1) => {
  const means = Array.from({ length: BIN_COUNT }, (_, bin) => meanOf(bin));
  const posterior = { means, evidence: new Array<number>(BIN_COUNT).fill(evidence) };
  return tabulateThompson(posterior, TERMS, NOTHING, { best: bestBin(TERMS, means, NOTHING), anchor });
};
const sum = (shares: readonly number[]) => shares.reduce((total, share) => total + share, 0);

describe('tabulateThompson', () => {
  it('gives shares that sum to 1, none of them to bins that may not be waited', () => {
    for (const evidence of [0.1, 2, 20, 2_000, 1e6]) {
      const { shares } = tabulate((bin) => bin / BIN_COUNT, evidence);
      expect(sum(shares)).toBeCloseTo(1, 12);
      shares.forEach((share, bin) => {
        if (bin !== STOP && TERMS.gains[bin] === 0) expect(share).toBe(0);
      });
    }
  });

  it('prefers the better action, the more clearly the more is known, and spreads where nothing is', () => {
    const better = 4;
    const shareOf = (evidence: number) => tabulate((bin) => (bin === better ? 0.7 : 0.4), evidence).shares[better] ?? 0;
    expect(shareOf(10_000)).toBe(1);
    expect(shareOf(10)).toBeLessThan(1);
    expect(shareOf(10)).toBeGreaterThan(1 / BIN_COUNT);
    const spread = tabulateThompson(PRIOR, TERMS, NOTHING, { best: 0, anchor: -1 }).shares;
    expect(spread.filter((share) => share > 0).length).toBeGreaterThan(4);
  });

  it('stops in draws in which nothing is worth its cost, and in all of them where that is certain', () => {
    expect(tabulate(() => 0.006, 1e6).shares[STOP]).toBe(1);
    expect(tabulate(() => 0.9, 1e6).shares[STOP]).toBe(0);
  });

  it('knows what never succeeded for hardly worth a try, although little was seen of it', () => {
    // A Beta of mean 0.005 and 10 outcomes is above 0.05 in 3 of 100 draws.
    const { shares, notWorse } = tabulate(() => 0.005, 10, 4);
    expect(notWorse).toBeGreaterThan(0.9);
    expect(shares[STOP]).toBeGreaterThan(0.5);
  });

  it('is sure of a comparison that is clear and of an action against itself, unsure of one that is not', () => {
    const clear = tabulate((bin) => (bin === 4 ? 0.9 : 0.1), 1_000, 0);
    expect(clear.notWorse).toBeCloseTo(1, 12);
    expect(tabulate((bin) => (bin === 4 ? 0.52 : 0.48), 1, 5).notWorse).toBeLessThan(0.9);
    expect(tabulate((bin) => (bin === 4 ? 0.52 : 0.48), 1, 4).notWorse).toBeCloseTo(1, 12);
  });

  it('is the same each time', () => {
    expect(tabulate((bin) => bin / BIN_COUNT, 5)).toEqual(tabulate((bin) => bin / BIN_COUNT, 5));
  });

  it('answers what working out every draw answers, however close actions are', () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    const ofBins = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: BIN_COUNT, maxLength: BIN_COUNT });
    const means = fc.oneof(
      ofBins(chance),
      chance.map((mean) => new Array<number>(BIN_COUNT).fill(mean)),
    );
    const evidence = ofBins(fc.double({ min: 0.5, max: 5_000, noNaN: true }));
    const action = fc.integer({ min: -1, max: BIN_COUNT - 1 });
    fc.assert(
      fc.property(means, evidence, ofBins(chance), action, action, (m, n, later, best, anchor) => {
        const posterior = { means: m, evidence: n };
        const { shares, notWorse } = tabulateThompson(posterior, TERMS, later, { best, anchor });
        expect({ shares: shares.map((share) => share * DRAWS), notWorse: notWorse * DRAWS }).toEqual(
          workOut(posterior, later, { best, anchor }),
        );
      }),
    );
  });
});

function workOut({ means, evidence }: Posterior, later: readonly number[], { best, anchor }: Comparison) {
  const shares = new Array<number>(BIN_COUNT + 1).fill(0);
  let notWorse = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const chances = means.map((mean, bin) => {
      const m = Math.min(0.995, Math.max(0.005, mean));
      const variance = Math.log1p(1 / (((evidence[bin] ?? 0) + 1) * m * (1 - m)));
      const logAgainst = Math.log((1 - m) / m) + (0.5 - m) * variance;
      return 1 / (1 + Math.exp(logAgainst) * Math.exp(-Math.sqrt(variance) * (DEVIATES[bin * DRAWS + draw] ?? 0)));
    });
    const choice = bestBin(TERMS, chances, later);
    const at = choice === -1 ? STOP : choice;
    shares[at] = (shares[at] ?? 0) + 1;
    const value = (bin: number) =>
      (TERMS.gains[bin] ?? 0) > 0 ? valueOf(TERMS, bin, chances[bin] ?? 0, later[bin] ?? 0) : 0;
    if (best === anchor || value(best) >= value(anchor) - 0.02) notWorse++;
  }
  return { shares, notWorse };
}

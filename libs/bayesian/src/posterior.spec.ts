import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BIN_COUNT } from './delay-grid.js';
import { EvidenceCell } from './evidence-cell.js';
import { momentOf, SLOW } from './moment.js';
import { mixPosteriors, pool, PRIOR, shiftOdds, type Posterior } from './posterior.js';
import { T0 } from './testing/builders.js';

const posterior = (mean: number, evidence: number): Posterior => ({
  means: new Array<number>(BIN_COUNT).fill(mean),
  evidence: new Array<number>(BIN_COUNT).fill(evidence),
});
const NOW = momentOf(T0);

const cellOf = (outcomes: readonly (readonly [bin: number, success: boolean])[]) => {
  const cell = new EvidenceCell(NOW);
  for (const [bin, success] of outcomes) cell.add({ bin, success }, 1, NOW);
  return cell;
};
const outcomes = fc.array(fc.tuple(fc.nat(BIN_COUNT - 1), fc.boolean()), { maxLength: 60 });

describe('pool', () => {
  it('is (k·m₀ + s) / (k + s + f) in a bin whose neighbours have seen nothing', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 20 }), (successes, failures, priorStrength) => {
        const cell = cellOf([
          ...new Array<readonly [number, boolean]>(successes).fill([7, true]),
          ...new Array<readonly [number, boolean]>(failures).fill([7, false]),
        ]);
        const { means, evidence } = pool(posterior(0.3, 100), { cell, child: undefined, priorStrength }, SLOW, NOW);
        const total = priorStrength + successes + failures;
        expect(means[7]).toBeCloseTo((priorStrength * 0.3 + successes) / total, 9);
        expect(evidence[7]).toBeCloseTo(total, 9);
      }),
    );
  });

  it('counts a prior for no more than it has itself', () => {
    const { evidence } = pool(PRIOR, { cell: cellOf([]), child: undefined, priorStrength: 1_000 }, SLOW, NOW);
    expect([...evidence]).toEqual([...PRIOR.evidence]);
  });

  it('leaves out what its child has seen: a parent without any more says what its own prior says', () => {
    fc.assert(
      fc.property(outcomes, outcomes, (ofChild, ofOthers) => {
        const child = cellOf(ofChild);
        const level = { cell: cellOf([...ofOthers, ...ofChild]), child, priorStrength: 4 };
        const alone = { cell: cellOf(ofOthers), child: undefined, priorStrength: 4 };
        const [found, wanted] = [pool(PRIOR, level, SLOW, NOW), pool(PRIOR, alone, SLOW, NOW)];
        found.means.forEach((mean, bin) => expect(mean).toBeCloseTo(wanted.means[bin] ?? -1, 9));
        found.evidence.forEach((evidence, bin) => expect(evidence).toBeCloseTo(wanted.evidence[bin] ?? -1, 9));
      }),
    );
  });

  it('lets no success lower the mean of any bin, and no failure raise one', () => {
    const levels = fc.tuple(outcomes, outcomes, fc.nat(BIN_COUNT - 1), fc.boolean());
    fc.assert(
      fc.property(levels, ([ofParent, ofChild, bin, isInChild]) => {
        const meansAfter = (more: readonly (readonly [number, boolean])[]) => {
          const child = cellOf([...ofChild, ...(isInChild ? more : [])]);
          const parent = cellOf([...ofParent, ...ofChild, ...more]);
          const above = pool(PRIOR, { cell: parent, child, priorStrength: 4 }, SLOW, NOW);
          return pool(above, { cell: child, child: undefined, priorStrength: 8 }, SLOW, NOW).means;
        };
        const before = meansAfter([]);
        const [better, worse] = [meansAfter([[bin, true]]), meansAfter([[bin, false]])];
        before.forEach((mean, i) => {
          expect(better[i]).toBeGreaterThanOrEqual(mean - 1e-12);
          expect(worse[i]).toBeLessThanOrEqual(mean + 1e-12);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('learns a little of the neighbouring delays, and less the further away', () => {
    const cell = cellOf(new Array<readonly [number, boolean]>(4).fill([7, true]));
    const { means } = pool(PRIOR, { cell, child: undefined, priorStrength: 2 }, SLOW, NOW);
    const [at = 0, beside = 0, beyond = 0, far = 0] = [7, 8, 9, 10].map((bin) => means[bin]);
    expect([at > beside, beside > beyond, beyond > far, far === 0.5]).toEqual([true, true, true, true]);
  });
});

describe('shiftOdds', () => {
  const slope = (shift: number, prior: Posterior, seen: readonly (readonly [bin: number, success: boolean])[]) =>
    seen.reduce((sum, [bin, success]) => {
      const mean = 1 / (1 + (1 / (prior.means[bin] ?? 0) - 1) * Math.exp(-shift));
      return sum + Number(success) - mean;
    }, -shift / 4);
  const logit = (mean: number) => Math.log(mean / (1 - mean));

  it('moves all odds by one factor, the likeliest by what was seen', () => {
    const prior = {
      ...PRIOR,
      means: Array.from({ length: BIN_COUNT }, (_, bin) => 0.05 + (0.9 * bin) / BIN_COUNT),
    };
    fc.assert(
      fc.property(outcomes, (seen) => {
        const { means, evidence } = shiftOdds(prior, cellOf(seen), SLOW, NOW);
        const shifts = [...means].map((mean, bin) => logit(mean) - logit(prior.means[bin] ?? 0));
        for (const shift of shifts) expect(shift).toBeCloseTo(shifts[0] ?? Number.NaN, 6);
        expect(slope(shifts[0] ?? Number.NaN, prior, seen)).toBeCloseTo(0, 6);
        expect(evidence).toEqual(prior.evidence);
      }),
    );
  });

  it('comes to rest whatever was seen', () => {
    const failures = new Array<readonly [number, boolean]>(5_000).fill([3, false]);
    const successes = new Array<readonly [number, boolean]>(5_000).fill([3, true]);
    const [hopeless, sure] = [failures, successes].map(
      (seen) => shiftOdds(posterior(0.999, 9), cellOf(seen), SLOW, NOW).means[10] ?? Number.NaN,
    );
    expect(hopeless).toBeLessThan(0.01);
    expect(sure).toBeGreaterThan(0.999);
  });
});

describe('mixPosteriors', () => {
  it('has mean and variance of the mixture, so that disagreement widens it', () => {
    const chance = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    const evidence = fc.double({ min: 5, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(
        chance,
        evidence,
        chance,
        evidence,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (f, nf, s, ns, share) => {
          const mixed = mixPosteriors(posterior(f, nf), posterior(s, ns), share);
          const [mean = 0, n = 0] = [mixed.means[0], mixed.evidence[0]];
          const varianceOf = (m: number, count: number) => (m * (1 - m)) / (count + 1);
          const second = share * (varianceOf(f, nf) + f * f) + (1 - share) * (varianceOf(s, ns) + s * s);
          expect(mean).toBeCloseTo(share * f + (1 - share) * s, 12);
          // A Beta cannot be wider than with next to no evidence; two memories that disagree utterly are no wider.
          if (n > 1) expect(varianceOf(mean, n)).toBeCloseTo(second - mean * mean, 9);
          else expect(second - mean * mean).toBeGreaterThanOrEqual(varianceOf(mean, 1) - 1e-12);
        },
      ),
    );
    const agreeing = mixPosteriors(posterior(0.5, 100), posterior(0.5, 100), 0.5).evidence[0] ?? 0;
    const disagreeing = mixPosteriors(posterior(0.2, 100), posterior(0.8, 100), 0.5).evidence[0] ?? 0;
    expect(agreeing).toBeCloseTo(100, 9);
    expect(disagreeing).toBeLessThan(5);
  });
});

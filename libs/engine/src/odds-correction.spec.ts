import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chanceOf, correctEstimate, correctionBy, unknownBelief, unknownBeliefOfAge } from './odds-correction.js';

describe('correctEstimate', () => {
  const estimate = { successProbability: 0.5, interval: [0, 0.8] } as const;

  it('adds to the log-odds of the chance and of both ends, keeps their order, and leaves what is certain', () => {
    const { successProbability, interval } = correctEstimate(estimate, { shift: Math.log(3), deviation: 0 });
    expect(successProbability).toBeCloseTo(0.75, 12);
    expect(interval[0]).toBe(0);
    expect(interval[1]).toBeCloseTo(12 / 13, 12);
  });

  it('widens the interval by what is not known of the correction', () => {
    const [, hi] = correctEstimate(estimate, { shift: 0, deviation: 1 }).interval;
    const width = Math.hypot(Math.log(4), 1.645);
    expect(hi).toBeCloseTo(1 / (1 + Math.exp(-width)), 12);
  });

  it('narrows it by what outcomes have told, and nothing told leaves it as it is', () => {
    const hiAt = (precision?: number) => correctEstimate(estimate, { shift: 0, deviation: 1, precision }).interval[1];
    const variance = 1 / (1 / ((Math.log(4) / 1.645) ** 2 + 1) + 6);
    expect(hiAt(6)).toBeCloseTo(chanceOf(1.645 * Math.sqrt(variance)), 12);
    expect(hiAt(0)).toBe(hiAt());
  });

  it('lets an interval begin at 0 where no least chance is known: for 0.1 from a variance of 1 / 0.9 on', () => {
    const loAt = (successProbability: number, variance: number) =>
      correctEstimate(
        { successProbability, interval: [successProbability, successProbability] },
        { shift: 0, deviation: Math.sqrt(variance), precision: 0 },
      ).interval[0];
    expect(loAt(0.1, 1.12)).toBe(0);
    expect(loAt(0.1, 1.1)).toBeGreaterThan(0.01);
    // An even chance of the same variance is not nothing.
    expect(loAt(0.5, 1.12)).toBeGreaterThan(0.1);
  });

  it('shows a record of before outcomes narrowed it as it was, with an end above 0', () => {
    const loOf = (precision?: number) =>
      correctEstimate({ successProbability: 0.1, interval: [0.1, 0.2] }, { shift: 0, deviation: 2, precision })
        .interval[0];
    expect(loOf()).toBeCloseTo(chanceOf(Math.log(1 / 9) - 1.645 * 2), 12);
    expect(loOf(0)).toBe(0);
  });

  it('keeps the interval around the chance, in [0, 1], whatever the layer was sure of', () => {
    const chance = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 3e-5, 1 - 3e-5));
    const shift = fc.double({ min: -5, max: 5, noNaN: true });
    const deviation = fc.double({ min: 0.01, max: 1, noNaN: true });
    const told = fc.option(fc.double({ min: 0, max: 30, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.tuple(chance, chance, chance), shift, deviation, told, (chances, by, uncertain, precision) => {
        const [lo, successProbability, hi] = [...chances].sort((a, b) => a - b) as [number, number, number];
        const corrected = correctEstimate(
          { successProbability, interval: [lo, hi] },
          { shift: by, deviation: uncertain, precision },
        );
        expect(corrected.interval[0]).toBeGreaterThanOrEqual(0);
        expect(corrected.interval[0]).toBeLessThan(corrected.successProbability);
        expect(corrected.interval[1]).toBeGreaterThan(corrected.successProbability);
        expect(corrected.interval[1]).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('correctionBy', () => {
  it('shows the mean of a chance of which little is known, which is nearer to a half than the chance at the mean odds', () => {
    const { shift, deviation } = correctionBy(unknownBelief('firm'), unknownBeliefOfAge(), {
      chance: 0.9,
      meant: Math.log(9),
      precision: 0,
    });
    const logOdds = Math.log(9);
    // The mean of σ over the normal distribution, by the midpoint rule.
    const steps = 2_000;
    let [sum, weights] = [0, 0];
    for (let i = 0; i < steps; i++) {
      const z = -6 + (12 * (i + 0.5)) / steps;
      const weight = Math.exp((-z * z) / 2);
      sum += weight * chanceOf(logOdds + z * deviation);
      weights += weight;
    }
    expect(Math.abs(chanceOf(logOdds + shift) - sum / weights)).toBeLessThan(0.005);
    expect(sum / weights).toBeLessThan(0.89);
  });
});

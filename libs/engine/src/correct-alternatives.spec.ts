import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { someFeatures, someStrategy, T0 } from '@smart-retry/domain/testing';
import { correctAlternatives } from './correct-alternatives.js';
import { decide } from './decide.js';
import { correctEstimate, logOddsOf } from './odds-correction.js';
import { snapshotOf, taughtMemory } from './testing/taught.js';

const correction = { shift: -1, deviation: 0.5, precision: 2 };
const alternativeOf = (estimatedSuccess: number, delayMs: number | null = 5_000) => ({
  delayMs,
  estimatedSuccess,
  value: 0.25,
  whyNot: 'worth 0.25, less than 0.5',
});

describe('correctAlternatives', () => {
  it('shows a chance as it would be shown of the answer', () => {
    for (const chance of [0, 0.02, 0.5, 0.93, 1]) {
      const estimate = correctEstimate({ successProbability: chance, interval: [0, 1] }, correction);
      const [shown] = correctAlternatives([alternativeOf(chance)], correction);
      expect(shown?.estimatedSuccess).toBeCloseTo(estimate.successProbability, 4);
    }
  });

  it('leaves everything else as it decided', () => {
    const [shown] = correctAlternatives([alternativeOf(0.5)], correction);
    expect(shown).toEqual({ ...alternativeOf(0.5), estimatedSuccess: shown?.estimatedSuccess });
  });

  it('gives the very list where nothing is corrected, so that it is written and kept once', () => {
    const said = [alternativeOf(0.5)];
    expect(correctAlternatives(said, { shift: 0, deviation: 0 })).toBe(said);
  });
});

describe('correctAlternatives of what is said to many jobs', () => {
  /** The second is one that the deviation decides. */
  const said = () => Object.freeze([alternativeOf(0.5), alternativeOf(0)]);

  it('gives the very same list until the correction changes', () => {
    const alternatives = said();
    const shown = correctAlternatives(alternatives, correction);
    expect(Object.isFrozen(shown)).toBe(true);
    expect(correctAlternatives(alternatives, { ...correction, precision: 3 })).toBe(shown);
    const moved = correctAlternatives(alternatives, { ...correction, shift: 1 });
    expect(moved).toEqual(correctAlternatives(said(), { ...correction, shift: 1 }));
    const sure = { ...correction, shift: 1, deviation: 0 };
    expect(correctAlternatives(said(), sure)).not.toEqual(moved);
    expect(correctAlternatives(alternatives, sure)).toEqual(correctAlternatives(said(), sure));
    expect(correctAlternatives(alternatives, correction)).toEqual(shown);
  });

  it('control: keeps nothing of a list that may change', () => {
    const alternatives = [alternativeOf(0.5)];
    const shown = correctAlternatives(alternatives, correction);
    expect(correctAlternatives(alternatives, correction)).not.toBe(shown);
    expect(Object.isFrozen(shown)).toBe(false);
  });
});

describe('an answer that is corrected in hindsight', () => {
  const features = someFeatures({ incidentAgeMs: 0 });
  const memory = taughtMemory({ outcomes: 400, isOverAfterMs: 15_000, features });
  const answer = (shift: number) => {
    const snapshot = {
      ...snapshotOf(someStrategy(), memory),
      hindsight: { correctionOf: () => ({ ...correction, shift }) },
    };
    return decide(features, snapshot, T0, createRng([1, 2, 3, 4]));
  };

  it('has alternatives on the same footing: all odds are moved by as much', () => {
    const [plain, moved] = [answer(0).recommendation, answer(-1).recommendation];
    expect(moved.method).toBe('bayesian');
    expect(moved.alternatives.length).toBeGreaterThan(0);
    const pairs = [
      [plain.estimatedSuccess, moved.estimatedSuccess],
      ...moved.alternatives.map(({ estimatedSuccess }, i) => [
        plain.alternatives[i]?.estimatedSuccess,
        estimatedSuccess,
      ]),
    ] as [number, number][];
    // Of four digits a very small or large chance leaves too few to compare odds.
    const inside = pairs.filter(([before, after]) => before < 0.99 && after > 0.01);
    expect(inside.length).toBeGreaterThan(1);
    for (const [before, after] of inside) expect(logOddsOf(after) - logOddsOf(before)).toBeCloseTo(-1, 1);
  });

  it('keeps in its evidence what the layer itself said', () => {
    const [plain, moved] = [answer(0).evidence, answer(-1).evidence];
    expect(moved.layers).toEqual(plain.layers);
  });
});

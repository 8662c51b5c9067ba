import { describe, expect, it } from '@jest/globals';
import { candidateFor } from './candidate-delays.js';

describe('candidateFor', () => {
  const candidates = [500, 75_000, 300_000].map((delayMs) => ({ delayMs }));

  it.each([
    [0, 0],
    [400, 0],
    [20_000, 1],
    [90_000, 1],
    [280_000, 2],
    [700_000, 2],
  ])('takes what is nearest to %i ms', (delayMs, expected) => {
    expect(candidateFor(candidates, delayMs)).toBe(expected);
  });

  it('answers −1 where there are none', () => {
    expect(candidateFor([], 100)).toBe(-1);
  });
});

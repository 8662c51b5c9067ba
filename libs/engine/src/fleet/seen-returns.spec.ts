import { describe, expect, it } from '@jest/globals';
import { SeenReturns, type SeenReturn } from './seen-returns.js';

describe('SeenReturns', () => {
  const after = (notes: readonly SeenReturn[], replicas = 3, slot = 100) => {
    const seen = new SeenReturns();
    for (const how of notes) seen.note(slot, how);
    let guesses = 0;
    for (; seen.mayGuess(slot, replicas); guesses++) seen.note(slot, 'guessed');
    return guesses;
  };

  it('guesses nothing where nobody was seen to come back', () => {
    expect(after([])).toBe(0);
  });

  it('guesses as many as the other processes are likely to have put off', () => {
    expect([after(['prompt']), after(['prompt', 'prompt'], 4), after(['prompt'], 1)]).toEqual([2, 6, 0]);
  });

  it('does not guess those whom it knows', () => {
    expect(after(['prompt', 'prompt', 'known', 'known', 'known'])).toBe(1);
  });

  it('forgets after twenty seconds', () => {
    const seen = new SeenReturns();
    seen.note(100, 'prompt');
    expect([103, 104].map((slot) => seen.mayGuess(slot, 3))).toEqual([true, false]);
  });
});

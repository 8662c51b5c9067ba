import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ROUGH_CHANCE_ERROR, roughChance } from './rough-chance.js';

describe('roughChance', () => {
  it('is as close to the chance as it says, for any odds', () => {
    const logOdds = fc.oneof(fc.double({ min: -25, max: 25, noNaN: true }), fc.double({ noNaN: true }));
    fc.assert(
      fc.property(logOdds, (x) => {
        expect(Math.abs(roughChance(x) - 1 / (1 + Math.exp(x)))).toBeLessThan(ROUGH_CHANCE_ERROR);
      }),
      { numRuns: 2_000 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inHundredths, inUnequalHundredths } from './hundredths.js';

describe('inHundredths', () => {
  it('writes what toFixed writes, for any number, halves included', () => {
    const halves = fc.integer({ min: -500, max: 1_500 }).map((thousandths) => thousandths / 1_000);
    const number = fc.oneof(fc.double({ min: -0.1, max: 1.1 }), halves, fc.double());
    fc.assert(
      fc.property(number, (value) => {
        expect(inHundredths(value)).toBe(value.toFixed(2));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('inUnequalHundredths', () => {
  it.each([
    [0.9, 0.95, ['0.90', '0.95']],
    [0.9484, 0.9512, ['0.9484', '0.9512']],
    [0.94841, 0.94842, ['0.95', '0.95']],
  ])('writes %d and %d with as many digits as tell them apart', (first, second, texts) => {
    expect(inUnequalHundredths(first, second)).toEqual(texts);
  });
});

import { describe, expect, it } from '@jest/globals';
import { FadingMean } from './fading-mean.js';

describe('FadingMean', () => {
  it('is a value itself where nothing was noted, and counts the one before a little less', () => {
    const mean = new FadingMean();
    expect(mean.with(3)).toBe(3);
    mean.note(1);
    mean.note(2);
    expect(mean.with(4)).toBeCloseTo((0.998 * 1 + 2 + 4) / 2.998, 12);
  });

  it('follows values that have changed, where the mean of all would be 1', () => {
    const mean = new FadingMean();
    for (let i = 0; i < 4_000; i++) mean.note(i < 2_000 ? 0 : 2);
    expect(mean.with(2)).toBeGreaterThan(1.9);
  });
});

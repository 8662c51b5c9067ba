import { describe, expect, it } from '@jest/globals';
import { mostReturningPerSecond } from './returning.js';

describe('how many retries without a place may come to a dependency in trouble', () => {
  const most = (firstFailedPerSecond: number, retriesSucceededPerSecond: number) =>
    mostReturningPerSecond({ firstTriesPerSecond: 10, firstFailedPerSecond, retriesSucceededPerSecond });

  it('is twice as many as first tries where nothing comes through', () => {
    expect(most(10, 0)).toBe(20);
    // First tries that did not ask yet say nothing.
    expect(most(8, 0)).toBe(20);
    // Nor does the one call that comes through in the worst of times.
    expect(most(10, 1)).toBe(20);
  });

  it('is none where fewer calls come through than there are first tries, and any number where more do', () => {
    expect(most(10, 2)).toBe(0);
    expect(most(6, 5)).toBe(0);
    expect(most(6, 6)).toBe(Number.POSITIVE_INFINITY);
    // More ask than there are on average.
    expect(most(12, 11)).toBe(Number.POSITIVE_INFINITY);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ATTEMPT_GROUPS, attemptGroupOf } from './failure-context.js';

describe('attemptGroupOf', () => {
  it('keeps the first three attempts apart and all later ones together', () => {
    expect([1, 2, 3, 4, 5, 1_000_000].map(attemptGroupOf)).toEqual([0, 1, 2, 3, 3, 3]);
    expect(attemptGroupOf(1_000)).toBe(ATTEMPT_GROUPS - 1);
  });
});

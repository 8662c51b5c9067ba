import { describe, expect, it } from '@jest/globals';
import { readRetryAfterMs } from './retry-after.js';

const nowMs = Date.parse('1994-11-06T08:49:00Z');

describe('readRetryAfterMs', () => {
  it.each([
    [2.5, 2_500],
    [0, 0],
    ['120', 120_000],
    [' 3 ', 3_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
    ['Sun Nov  6 08:49:37 1994', 37_000],
    ['Sun, 06 Nov 1994 08:48:00 GMT', 0],
  ])('reads %p as %p ms', (value, ms) => {
    expect(readRetryAfterMs('retry_after', value, nowMs)).toBe(ms);
  });

  it.each([undefined, null, ''])('takes %p for absent', (value) => {
    expect(readRetryAfterMs('retry_after', value, nowMs)).toBeUndefined();
  });

  it.each(['soon', '-1', '1e3', '2025-01-15T00:00:00Z', 'Xxx, 06 Nov 1994 08:49:37 GMT', Number.POSITIVE_INFINITY])(
    'refuses %p',
    (value) => {
      expect(() => readRetryAfterMs('retry_after', value, nowMs)).toThrow(
        expect.objectContaining({
          code: 'INVALID_REQUEST',
          fields: [expect.objectContaining({ path: 'retry_after' })],
        }),
      );
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatTimestamp } from './timestamps.js';

const anyTime = fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') });

describe('formatTimestamp', () => {
  it('writes what toISOString writes', () => {
    fc.assert(fc.property(anyTime, (atMs) => expect(formatTimestamp(atMs)).toBe(new Date(atMs).toISOString())));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (atMs) => {
    expect(() => formatTimestamp(atMs)).toThrow(RangeError);
  });
});

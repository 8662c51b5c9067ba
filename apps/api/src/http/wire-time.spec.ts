import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { acceptedTimes, formatTimestamp, parseTimestampMs, readPastTimestampMs } from './wire-time.js';

const anyTime = fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') });

describe('parseTimestampMs', () => {
  it('reads back what is written', () => {
    fc.assert(fc.property(anyTime, (atMs) => expect(parseTimestampMs(formatTimestamp(atMs))).toBe(atMs)));
  });

  it.each([
    ['2025-01-15T14:30:00Z', '2025-01-15T14:30:00.000Z'],
    ['2025-01-15t14:30:00z', '2025-01-15T14:30:00.000Z'],
    ['2025-01-15T14:30:00.123456789Z', '2025-01-15T14:30:00.123Z'],
    ['2025-01-15T14:30:00.5+05:30', '2025-01-15T09:00:00.500Z'],
    ['2024-12-31T23:30:00-01:00', '2025-01-01T00:30:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('reads %s as %s', (text, utc) => {
    expect(parseTimestampMs(text)).toBe(Date.parse(utc));
  });

  it.each([
    '',
    '2025-01-15',
    '2025-01-15T14:30Z',
    '2025-01-15T14:30:00',
    '2025-01-15 14:30:00Z',
    '2025-02-29T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-01-15T24:00:00Z',
    '2025-01-15T14:30:00+24:00',
    '٢٠٢٥-01-15T14:30:00Z',
  ])('refuses %s', (text) => {
    expect(parseTimestampMs(text)).toBeNull();
  });
});

describe('readPastTimestampMs', () => {
  const nowMs = Date.parse('2025-01-15T00:00:00Z');
  const accepted = acceptedTimes(nowMs, 30);

  it.each(['2024-12-16T00:00:00Z', '2025-01-15T00:05:00Z'])('accepts %s, at the edge', (text) => {
    expect(readPastTimestampMs('timestamp', text, accepted)).toBe(Date.parse(text));
  });

  it.each(['2024-12-15T23:59:59.999Z', '2025-01-15T00:05:00.001Z'])('refuses %s, beyond the edge', (text) => {
    expect(() => readPastTimestampMs('timestamp', text, accepted)).toThrow(
      expect.objectContaining({
        code: 'TIMESTAMP_OUT_OF_RANGE',
        fields: [expect.objectContaining({ path: 'timestamp' })],
      }),
    );
  });
});

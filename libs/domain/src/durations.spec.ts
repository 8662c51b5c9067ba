import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  describeDuration,
  describeUnequalDurations,
  formatClockDuration,
  formatGoDuration,
  parseDurationMs,
} from './durations.js';

describe('parseDurationMs', () => {
  it.each([
    ['00:02:30', 150_000],
    ['00:05.250', 5_250],
    ['00:04.500', 4_500],
    ['30', 30_000],
    ['100:00:00', 360_000_000],
    ['720h', 2_592_000_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['1.5s', 1_500],
    ['1500us', 1.5],
    [150_000_000_000, 150_000],
    [0, 0],
    // What JSON.parse makes of Go's longest duration, to which time.Since saturates.
    [2 ** 63, 9_223_372_036_854.775],
  ])('reads %p as %p ms', (text, ms) => {
    expect(parseDurationMs(text)).toBeCloseTo(ms, 9);
  });

  it.each(['', ' ', '-1s', '00:60', '00:60:00', '1:2:3:4', '5 m', '1h-30m', 'h', '1e3s', '٣s', '9'.repeat(80)])(
    'refuses %p',
    (text) => {
      expect(() => parseDurationMs(text)).toThrow(expect.objectContaining({ code: 'INVALID_DURATION' }));
    },
  );

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 64])('refuses the number %p', (n) => {
    expect(() => parseDurationMs(n)).toThrow(expect.objectContaining({ code: 'INVALID_DURATION' }));
  });

  it('reads back what both formatters write', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (ms) => {
        expect(parseDurationMs(formatClockDuration(ms))).toBeCloseTo(ms, 6);
        expect(parseDurationMs(formatGoDuration(ms))).toBeCloseTo(ms, 6);
      }),
    );
  });
});

describe('formatting', () => {
  it('spells durations as the seed does', () => {
    expect(formatClockDuration(150_000)).toBe('00:02:30');
    expect(formatClockDuration(5_250)).toBe('00:05.250');
    expect(formatGoDuration(300_000)).toBe('5m');
    expect(formatGoDuration(2_592_000_000)).toBe('720h');
  });

  it.each([
    [850, '850 ms'],
    [4_300, '4.3 s'],
    [125_000, '2 min 5 s'],
    [5_400_000, '1 h 30 min'],
  ])('describes %p ms as %p', (ms, text) => {
    expect(describeDuration(ms)).toBe(text);
  });

  it('reaches the next unit where rounding does', () => {
    expect([describeDuration(999.6), describeDuration(59_960)]).toEqual(['1 s', '1 min']);
  });
});

describe('describeUnequalDurations', () => {
  it.each([
    [1_000, 2_000, '1 s', '2 s'],
    [1_995, 2_001, '1.995 s', '2.001 s'],
    [5_400_000, 5_420_000, '5400 s', '5420 s'],
    [2_000, 2_000, '2 s', '2 s'],
  ])('describes %p and %p as %p and %p', (first, second, ...texts) => {
    expect(describeUnequalDurations(first, second)).toEqual(texts);
  });

  it('tells durations apart that differ by a millisecond', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 60_000 }), (ms, more) => {
        const [shorter, longer] = describeUnequalDurations(ms, ms + more);
        expect(shorter).not.toBe(longer);
      }),
    );
  });
});

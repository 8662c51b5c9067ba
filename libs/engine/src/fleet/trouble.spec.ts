import { describe, expect, it } from '@jest/globals';
import { Trouble } from './trouble.js';

const CLOSED = { state: 'closed', releasedAtMs: null } as const;
const OPEN = { state: 'open', releasedAtMs: null } as const;

describe('Trouble', () => {
  it('lasts from when it began until it was not seen for twenty seconds, and counts only while it is there', () => {
    const trouble = new Trouble();
    const note = (nowMs: number) => trouble.note(nowMs, CLOSED, () => 0);
    expect(trouble.lastedMs(1_000_000)).toBe(0);
    for (const nowMs of [1_000_000, 1_020_000, 1_040_000]) note(nowMs);
    expect([trouble.lastedMs(1_040_500), trouble.lastedMs(1_050_000)]).toEqual([40_000, 0]);
    note(1_060_001);
    expect(trouble.lastedMs(1_060_001)).toBe(0);
  });

  it('goes on as long as a breaker is not closed, however seldom somebody looks', () => {
    const lastedMs = (breaker: Parameters<Trouble['note']>[1]) => {
      const trouble = new Trouble();
      trouble.note(1_000_000, OPEN, () => 990_000);
      trouble.note(1_600_000, breaker, () => 1_595_000);
      return trouble.lastedMs(1_600_000);
    };
    expect([OPEN, { ...OPEN, state: 'half_open' as const }].map(lastedMs)).toEqual([610_000, 610_000]);
    // It was closed meanwhile.
    expect([CLOSED, { ...OPEN, releasedAtMs: 1_300_000 }].map(lastedMs)).toEqual([0, 5_000]);
  });

  it('began when calls began to fail, where nothing told of it before its breaker opened', () => {
    const lastedMs = (beforeMs: number) => {
      const trouble = new Trouble();
      trouble.note(1_000_000 - beforeMs, CLOSED, () => 0);
      trouble.note(1_000_000, OPEN, () => 700_000);
      return trouble.lastedMs(1_000_000);
    };
    expect([10_000, 60_000].map(lastedMs)).toEqual([10_000, 300_000]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Trouble } from './trouble.js';

describe('Trouble', () => {
  it('lasts from when it began until it was not seen for twenty seconds, and counts only while it is there', () => {
    const trouble = new Trouble();
    expect(trouble.lastedMs(1_000_000)).toBe(0);
    for (const nowMs of [1_000_000, 1_020_000, 1_040_000]) trouble.note(nowMs, 'closed');
    expect([trouble.lastedMs(1_040_500), trouble.lastedMs(1_050_000)]).toEqual([40_000, 0]);
    trouble.note(1_060_001, 'closed');
    expect(trouble.lastedMs(1_060_001)).toBe(0);
  });

  it('goes on as long as a breaker is not closed, however seldom somebody looks', () => {
    const lastedMs = (breaker: 'open' | 'half_open' | 'closed') => {
      const trouble = new Trouble();
      trouble.note(1_000_000, 'closed');
      trouble.note(1_600_000, breaker);
      return trouble.lastedMs(1_600_000);
    };
    expect([lastedMs('open'), lastedMs('half_open'), lastedMs('closed')]).toEqual([600_000, 600_000, 0]);
  });

  it('began when it is said to have begun, where it is another one than before', () => {
    const lastedMs = (beforeMs: number) => {
      const trouble = new Trouble();
      trouble.note(1_000_000 - beforeMs, 'closed');
      trouble.note(1_000_000, 'closed', 700_000);
      return trouble.lastedMs(1_000_000);
    };
    expect([10_000, 60_000].map(lastedMs)).toEqual([10_000, 300_000]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { NEW_BREAKER } from '@smart-retry/domain';
import { Overrun } from './overrun.js';

describe('Overrun', () => {
  const SINCE_MS = 1_000_000;
  const opened = { ...NEW_BREAKER, state: 'open', version: 1, sinceMs: SINCE_MS } as const;
  /** One first try a second, and so many retries. */
  const after = (retriesPerSecond: number, before: typeof NEW_BREAKER | typeof opened = NEW_BREAKER) => {
    const overrun = new Overrun();
    const bookings = { get: () => 2 * retriesPerSecond };
    overrun.note(opened, { breaker: before, bookings, pacedFirstTries: () => 1 });
    return overrun;
  };

  it('is a breaker that opens under many more retries than first tries', () => {
    expect([1, 2].map((perSecond) => after(perSecond).isAt(SINCE_MS))).toEqual([false, true]);
    expect(after(2, opened).isAt(SINCE_MS)).toBe(false);
  });

  it('is remembered for twenty minutes after it was back', () => {
    expect([1_199_999, 1_200_000].map((ms) => after(2).isAt(SINCE_MS + ms))).toEqual([true, false]);
    const isAfter = (overrun: Overrun, ms: number) => {
      const closed = { ...opened, state: 'closed', version: 2, sinceMs: SINCE_MS + 3_600_000 } as const;
      overrun.note(closed, { breaker: opened, bookings: { get: () => 0 }, pacedFirstTries: () => 1 });
      return overrun.isAt(closed.sinceMs + ms);
    };
    expect([isAfter(after(2), 1_199_999), isAfter(after(2), 1_200_000), isAfter(after(1), 0)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

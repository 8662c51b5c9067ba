import { describe, expect, it } from '@jest/globals';
import { NEW_BREAKER } from '@smart-retry/domain';
import { movesInOverrun, wasOverrun } from './overrun.js';

describe('an overrun', () => {
  const SINCE_MS = 10_000_000;
  const opened = { ...NEW_BREAKER, state: 'open', version: 1, sinceMs: SINCE_MS } as const;
  const closed = { ...opened, state: 'closed', version: 2, sinceMs: SINCE_MS + 3_600_000 } as const;
  /** One first try a second, and so many retries. */
  const called = (retriesPerSecond: number, { breaker = NEW_BREAKER, overrunMs = 0 } = {}) => ({
    breaker,
    latest: { overrunMs },
    bookings: { get: () => 2 * retriesPerSecond },
    pacedFirstTries: () => 1,
  });

  it('is a breaker that opens under many more retries than first tries', () => {
    expect([1, 2].map((perSecond) => movesInOverrun(opened, called(perSecond)))).toEqual([false, true]);
    expect(movesInOverrun(opened, called(2, { breaker: opened }))).toBe(false);
    expect(movesInOverrun(closed, called(2, { breaker: { ...closed, version: 0 } }))).toBe(false);
  });

  it('goes on until the dependency is back, whoever has seen it begin', () => {
    expect(movesInOverrun(closed, called(0, { breaker: opened, overrunMs: SINCE_MS }))).toBe(true);
    const [before, after] = [SINCE_MS - 1, closed.sinceMs];
    expect(movesInOverrun(closed, called(0, { breaker: opened, overrunMs: before }))).toBe(false);
    const again = { ...opened, version: 3, sinceMs: after + 1 };
    expect(movesInOverrun(again, called(0, { breaker: closed, overrunMs: after }))).toBe(false);
  });

  it('is remembered for twenty minutes after that', () => {
    const overrunMs = closed.sinceMs;
    expect([1_199_999, 1_200_000].map((ms) => wasOverrun({ overrunMs }, overrunMs + ms))).toEqual([true, false]);
  });
});

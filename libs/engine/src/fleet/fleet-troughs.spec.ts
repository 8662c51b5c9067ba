import { describe, expect, it } from '@jest/globals';
import { ErpCallers } from '../testing/fleet.js';

const USUAL_PER_SECOND = 5;
const MINUTE_MS = 60_000;

/**
 * All calls fail for twenty seconds; then none do, or all of the few that are still made, one in five seconds. Counts come each
 * minute. Answers in how many of the seconds 121 to 600 the breaker is closed.
 */
function closedAfter({ isBack }: { readonly isBack: boolean }): number {
  const callers = new ErpCallers();
  callers.reportFirstTries(USUAL_PER_SECOND);
  let [succeeded, failed, closed] = [0, 0, 0];
  for (let second = 1; second <= 600; second++) {
    callers.nowMs += 1_000;
    const fail = second <= 20 ? USUAL_PER_SECOND : Number(!isBack && second % 5 === 0);
    for (let i = 0; i < fail; i++) callers.ask();
    failed += fail;
    if (second > 20 && isBack) succeeded += USUAL_PER_SECOND;
    if (second > 120 && callers.state.breaker.state === 'closed') closed++;
    if (second % 60 !== 0) continue;
    const window = { windowStartMs: callers.nowMs - MINUTE_MS, windowEndMs: callers.nowMs };
    callers.fleet.noteCounts([{ jobType: 'sync', dependency: 'erp', succeeded, failed, ...window }], callers.nowMs);
    [succeeded, failed] = [0, 0];
  }
  return closed;
}

describe('a breaker', () => {
  it('is not closed while all calls fail because hardly any are made, which the last counts say', () => {
    expect(closedAfter({ isBack: false })).toBe(0);
  });

  it('control: is closed where calls are made as ever, and nobody asks about them', () => {
    expect(closedAfter({ isBack: true })).toBeGreaterThan(450);
  });
});

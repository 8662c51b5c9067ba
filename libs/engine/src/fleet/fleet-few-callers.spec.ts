import { describe, expect, it } from '@jest/globals';
import { ErpCallers } from '../testing/fleet.js';

const TICK_MS = 5_000;
const HOUR_MS = 3_600_000;

/** An outage of an hour, in which a first try fails, and is told of, each `gapMs`; answers how many retries asked in its second half. */
const retriesIn = (gapMs: number, objective = {}): number => {
  const callers = new ErpCallers({}, objective);
  const count = (succeeded: number, failed: number) => {
    const window = { windowStartMs: callers.nowMs - gapMs, windowEndMs: callers.nowMs };
    callers.fleet.noteCounts([{ jobType: 'sync', dependency: 'erp', succeeded, failed, ...window }], callers.nowMs);
  };
  count(1, 0);
  let retries = 0;
  for (let lastedMs = 0; lastedMs < HOUR_MS; lastedMs += TICK_MS) {
    callers.nowMs += TICK_MS;
    if (lastedMs % gapMs === 0) {
      callers.ask({ delayMs: 600_000 });
      count(0, 1);
    }
    // Of the jobs that wait, as many as may find out.
    while (callers.state.breaker.state === 'half_open') {
      const isSent = callers.ask({ errorClass: 'rate_limit', jobId: `waiting-${retries}` }).kind === 'admitted';
      if (!isSent) break;
      if (lastedMs >= HOUR_MS / 2) retries++;
      callers.reportRetry({ success: false });
    }
  }
  return retries;
};

describe('retries in the second half of an hour of outage', () => {
  it('are the fewer the fewer callers wait for its end', () => {
    const [few, fewer] = [retriesIn(30_000), retriesIn(90_000)];
    expect(few).toBeLessThan(30);
    expect(fewer).toBeLessThan(few);
    expect(fewer).toBeGreaterThan(5);
  });

  it('control: are three a minute where many wait, or success is soon worth nothing', () => {
    expect(retriesIn(5_000)).toBeGreaterThan(50);
    expect(retriesIn(90_000, { valueHalfLifeMs: 60_000 })).toBeGreaterThan(50);
  });
});

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

describe('trouble of a dependency that few call', () => {
  it('began when the first of those calls failed that opened its breaker', () => {
    const callers = new ErpCallers();
    const call = (succeeded: number, failed: number) => {
      callers.nowMs += 30_000;
      if (failed > 0) callers.ask({ delayMs: 600_000 });
      callers.nowMs += 30_000;
      const window = { windowStartMs: callers.nowMs - 60_000, windowEndMs: callers.nowMs };
      callers.fleet.noteCounts([{ jobType: 'sync', dependency: 'erp', succeeded, failed, ...window }], callers.nowMs);
    };
    for (let i = 0; i < 5; i++) call(1, 0);
    for (let i = 0; i < 6; i++) call(0, 1);
    const lastedMs = () => {
      callers.nowMs += 1_000;
      const { breaker } = callers.state;
      return [breaker.state, Math.round(callers.fleet.dependency('erp').trouble.lastedMs(callers.nowMs) / 10_000)];
    };
    // The first of them failed five and a half minutes ago.
    expect([lastedMs(), lastedMs()]).toEqual([
      ['open', 33],
      ['open', 33],
    ]);
  });
});

describe('a dependency that few call, left alone for minutes', () => {
  /** How long it is left alone where one calls in 90 s, once that is more than 100 s, and after `suddenCallers` more. */
  const openForMs = (suddenCallers: number) => {
    const callers = new ErpCallers();
    const count = (succeeded: number, failed: number) => {
      const window = { windowStartMs: callers.nowMs - 90_000, windowEndMs: callers.nowMs };
      callers.fleet.noteCounts([{ jobType: 'sync', dependency: 'erp', succeeded, failed, ...window }], callers.nowMs);
    };
    const fail = (jobs: number) => {
      for (let i = 0; i < jobs; i++) callers.ask({ delayMs: 600_000 });
      count(0, jobs);
    };
    const openFor = () => {
      const { state, sinceMs, probeAtMs } = callers.state.breaker;
      return state === 'open' && sinceMs !== null && probeAtMs !== null ? probeAtMs - sinceMs : 0;
    };
    count(1, 0);
    for (let lastedMs = 0; openFor() < 100_000 && lastedMs < HOUR_MS; lastedMs += TICK_MS) {
      callers.nowMs += TICK_MS;
      if (lastedMs % 90_000 === 0) fail(1);
      if (callers.state.breaker.state !== 'half_open') continue;
      callers.ask({ errorClass: 'rate_limit' });
      callers.reportRetry({ success: false });
    }
    const before = openFor();
    callers.nowMs += TICK_MS;
    fail(suddenCallers);
    callers.nowMs += TICK_MS;
    return { before, now: openFor() };
  };

  it('is looked at sooner where many call all at once', () => {
    const { before, now } = openForMs(100);
    expect(before).toBeGreaterThanOrEqual(100_000);
    expect(now).toBe(60_000);
  });

  it('control: one more caller changes nothing', () => {
    const { before, now } = openForMs(1);
    expect(before).toBeGreaterThanOrEqual(100_000);
    expect(now).toBe(before);
  });
});

describe('the last hour of an outage in which nobody has failed for half an hour', () => {
  /** How many retries ask in it, of jobs that failed each `gapMs` in the half hour before that and ask again when they are told to. */
  const retriesOfThoseWho = (gapMs: number): number => {
    const callers = new ErpCallers();
    const asksAtMs = new Map<string, number>();
    const count = (succeeded: number, failed: number) => {
      const window = { windowStartMs: callers.nowMs - gapMs, windowEndMs: callers.nowMs };
      callers.fleet.noteCounts([{ jobType: 'sync', dependency: 'erp', succeeded, failed, ...window }], callers.nowMs);
    };
    const isSent = (jobId: string): boolean => {
      const answer = callers.ask({ jobId, delayMs: 600_000, draw: 0 });
      asksAtMs.set(jobId, callers.nowMs + (answer.askAgainMs ?? TICK_MS));
      return answer.isProbe;
    };
    count(1, 0);
    let retries = 0;
    for (let lastedMs = 0; lastedMs < 2 * HOUR_MS; lastedMs += TICK_MS) {
      callers.nowMs += TICK_MS;
      if (lastedMs < HOUR_MS / 2 && lastedMs % gapMs === 0) {
        isSent(`failed-after-${lastedMs}`);
        count(0, 1);
      }
      for (const [jobId, atMs] of asksAtMs) {
        if (atMs > callers.nowMs || !isSent(jobId)) continue;
        if (lastedMs >= HOUR_MS) retries++;
        callers.reportRetry({ success: false });
      }
    }
    return retries;
  };

  it('is asked the more seldom the fewer still wait', () => {
    expect(retriesOfThoseWho(90_000)).toBeLessThan(40);
  });

  it('control: is asked each minute where many do', () => {
    expect(retriesOfThoseWho(5_000)).toBeGreaterThan(50);
  });
});

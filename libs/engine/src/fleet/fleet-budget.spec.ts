import { describe, expect, it } from '@jest/globals';
import { ErpCallers } from '../testing/fleet.js';

describe('the retry budget of a dependency', () => {
  /** How many of `asked` retries were let go ahead in each second, over those for which they asked. */
  const admitted = (callers: ErpCallers, asked: number) =>
    Array.from({ length: asked }, () => callers.ask({ errorClass: 'rate_limit' })).filter(
      ({ kind }) => kind === 'admitted',
    ).length;

  it('lets no more retries go ahead in one second than it has room for, and gives the others a place later', () => {
    const callers = new ErpCallers({ maxBudgetPercent: 20 });
    callers.reportFirstTries(10);
    // 20 % of 10 first tries, which cost 2 each; it has grown by a quarter in a quiet time, and one may be lent.
    expect(admitted(callers, 100)).toBe(8);
    expect(callers.state.parkedRetries).toBe(100);
  });

  it('control: where nobody reports first tries all go ahead', () => {
    expect(admitted(new ErpCallers(), 100)).toBe(100);
  });

  it('says how many retries there is room for, not counting twice what one window lends the next', () => {
    const callers = new ErpCallers({ maxBudgetPercent: 20, maxBudgetGrowth: 1 });
    callers.reportFirstTries(10);
    callers.ask({ delayMs: 600_000 });
    const minute = callers.state.budgetLeftRetries ?? 0;
    expect(minute).toBeGreaterThanOrEqual(0.2 * 10 * 60);
    expect(minute).toBeLessThanOrEqual(0.2 * 10 * 60 + 2);
  });

  it('books a job once, however often it asks the same', () => {
    const callers = new ErpCallers();
    callers.reportFirstTries(10);
    const answers = Array.from({ length: 50 }, () => callers.ask({ jobId: 'patient', errorClass: 'rate_limit' }));
    expect(new Set(answers.map(({ kind, delayMs }) => `${kind} ${delayMs}`))).toEqual(new Set(['admitted 1000']));
    expect(callers.state.parkedRetries).toBe(1);
  });

  it('counts retries that have a place as jobs, whatever they cost, until they are due', () => {
    const callers = new ErpCallers();
    for (const errorClass of ['timeout', 'rate_limit', 'unavailable', 'not_sent']) callers.ask({ errorClass });
    expect(callers.state.parkedRetries).toBe(4);
    callers.nowMs += 10_000;
    expect(callers.state.parkedRetries).toBe(0);
  });

  it('gives whoever was put off its turn', () => {
    const callers = new ErpCallers();
    callers.reportFirstTries(10);
    admitted(callers, 100);
    const answers = callers.askUntilAdmitted({ jobId: 'late', errorClass: 'rate_limit' });
    expect(answers[0]).toMatchObject({ kind: 'deferred' });
    expect(answers.at(-1)).toMatchObject({ kind: 'admitted', reasons: ['deferred_turn'] });
  });

  it('takes no more for a job that timed out than for others once that is a minute ago', () => {
    const unitsAfter = (waitedMs: number) => {
      const callers = new ErpCallers();
      callers.reportFirstTries(10);
      admitted(callers, 100);
      expect(callers.ask({ jobId: 'late' })).toMatchObject({ kind: 'deferred', booking: { units: 3 } });
      callers.nowMs += waitedMs;
      return callers.ask({ jobId: 'late' });
    };
    expect(unitsAfter(59_000)).toMatchObject({ kind: 'admitted', booking: { units: 3 } });
    expect(unitsAfter(61_000)).toMatchObject({ kind: 'admitted', booking: { units: 2 } });
  });

  describe('where processing times are known', () => {
    /** Retries that may go ahead a second: 100 first tries took 1 s each, as many retries `retryMs`. */
    const perSecond = (retryMs: number | undefined, firstMs?: number) => {
      const callers = new ErpCallers({ maxBudgetPercent: 20, maxBudgetGrowth: 1 });
      callers.reportFirstTries(100, firstMs);
      for (let i = 0; i < 100; i++) {
        callers.reportRetry(retryMs === undefined ? {} : { processingTimeMs: retryMs });
      }
      return { admitted: admitted(callers, 300), ratio: callers.state.retryTimeRatio };
    };
    /** 20 first tries' worth, of which one may be lent, at half a call for each that was throttled. */
    const ALL = { admitted: 43 };

    it('is a share of them: retries that take four times as long are a quarter as many', () => {
      expect(perSecond(4_000, 1_000)).toEqual({ admitted: 13, ratio: expect.closeTo(4) });
    });

    it('control: is a share of first tries where either are unknown', () => {
      expect(perSecond(4_000)).toEqual({ ...ALL, ratio: null });
      expect(perSecond(undefined, 1_000)).toEqual({ ...ALL, ratio: null });
    });

    it('does not grow where retries fail at once, and is not moved more than tenfold by what anybody reports', () => {
      expect(perSecond(1, 1_000)).toEqual({ ...ALL, ratio: 1 });
      expect(perSecond(86_400_000, 1_000).ratio).toBe(10);
    });
  });

  it('holds more where retries come through: each makes room for another', () => {
    const letGoAfter = (success: boolean) => {
      const callers = new ErpCallers();
      callers.reportFirstTries(10);
      for (let i = 0; i < 300; i++) {
        callers.nowMs += 250;
        callers.reportRetry({ attemptNumber: 2, success });
      }
      return Array.from({ length: 50 }, () => callers.ask({ delayMs: 0 })).filter(({ kind }) => kind === 'admitted')
        .length;
    };
    // 5 units, and 10 more where four retries a second came through; one may be lent, and a timeout takes 3.
    expect([letGoAfter(false), letGoAfter(true)]).toEqual([2, 6]);
  });

  it('is not known from failures alone', () => {
    const callers = new ErpCallers();
    for (let i = 0; i < 50; i++) callers.reportRetry({ attemptNumber: 1, success: false });
    expect(callers.state.firstTriesPerSecond).toBeNull();
    for (let i = 0; i < 50; i++) callers.reportRetry({ attemptNumber: 1, success: true });
    expect(callers.state.firstTriesPerSecond).toBeGreaterThan(0);
  });
});

describe('the budget of a dependency that gets few calls', () => {
  /** Retries that there is room for in a minute, eleven minutes after it came down while so many retries were due. */
  const roomAfter = (dueRetries: number) => {
    const callers = new ErpCallers();
    callers.reportFirstTries(0.5);
    for (let i = 0; i < dueRetries; i++) callers.ask({ errorClass: 'validation', delayMs: 0, draw: 0 });
    callers.nowMs += 10_000;
    for (let i = 0; i < 10; i++) callers.ask({ delayMs: 600_000 });
    for (const state of ['open', 'half_open'] as const) {
      callers.nowMs += 10_000;
      callers.ask({ errorClass: 'validation', delayMs: 600_000 });
      expect(callers.state.breaker.state).toBe(state);
    }
    for (let i = 0; i < 2; i++) callers.reportRetry();
    callers.nowMs += 600_000;
    callers.reportFirstTries(0.5);
    callers.ask({ errorClass: 'validation', delayMs: 600_000 });
    expect(callers.state.breaker.state).toBe('closed');
    callers.nowMs += 60_000;
    return callers.state.budgetLeftRetries;
  };

  it('is no more than those where it came down under more retries', () => {
    expect(roomAfter(20)).toBe(30);
  });

  it('control: grows to as many as make no storm elsewhere', () => {
    expect(roomAfter(0)).toBe(75);
  });
});

describe('the pace of a dependency that throttles', () => {
  /** Retries let go within ten minutes, of a hundred jobs that were turned away, where each that waited for its turn ends so. */
  const letGo = (errorClass: string, success: boolean) => {
    const callers = new ErpCallers();
    callers.reportFirstTries(1);
    const waiting = Array.from({ length: 100 }, (_, i) => ({ jobId: `job-${i}`, atMs: callers.nowMs }));
    const untilMs = callers.nowMs + 600_000;
    let retries = 0;
    for (let next = waiting.shift(); next !== undefined && next.atMs < untilMs; next = waiting.shift()) {
      const { jobId, atMs } = next;
      callers.nowMs = Math.max(callers.nowMs, atMs);
      const { kind, delayMs } = callers.ask({ jobId, errorClass });
      if (kind === 'deferred') waiting.push({ jobId, atMs: callers.nowMs + delayMs });
      waiting.sort((a, b) => a.atMs - b.atMs);
      if (kind !== 'admitted') continue;
      retries++;
      callers.reportRetry({ jobId, attemptNumber: 2, success, ...(!success && { errorClass }) });
      if (!success) waiting.push({ jobId: `${jobId}'`, atMs: callers.nowMs + 60_000 });
    }
    return retries;
  };

  it('falls to a quarter of the first tries while retries are throttled, where the control of timeouts goes on as before', () => {
    const [throttled, timedOut] = [letGo('rate_limit', false), letGo('timeout', false)];
    expect(throttled).toBeLessThan(0.85 * timedOut);
    expect(throttled).toBeGreaterThanOrEqual(600 / 4);
  });

  it('lets all go where they pass', () => {
    expect(letGo('rate_limit', true)).toBe(100);
  });

  /** The pace of one first try a second, once so many jobs were turned away and put off. */
  const afterLine = (jobs: number) => {
    const callers = new ErpCallers();
    callers.reportFirstTries(1);
    for (let i = 0; i < jobs; i++) callers.ask({ errorClass: 'rate_limit' });
    callers.nowMs += 5_000;
    return callers.state.throttledPerSecond;
  };

  it('lets a long line through in time', () => {
    expect(afterLine(360)).toBeGreaterThan(1.8);
  });

  it('is no faster for one job that asks again and again, before it is to and after, nor for those whom a limit of their own holds', () => {
    const callers = new ErpCallers({
      perTenantLimits: true,
      tenantLimits: [{ tenant: 'acme', retriesPerMinute: 1 }],
    });
    callers.reportFirstTries(1);
    for (let i = 0; i < 60; i++) callers.ask({ errorClass: 'rate_limit' });
    for (let i = 0; i < 40; i++) {
      callers.nowMs += 500;
      for (let j = 0; j < 20; j++) callers.ask({ errorClass: 'rate_limit', jobId: 'restless' });
    }
    for (let i = 0; i < 500; i++) callers.ask({ tenant: 'acme' });
    callers.nowMs += 5_000;
    expect(callers.state.throttledPerSecond).toBe(1);
  });

  it('control: is what it began with where the line is short', () => {
    expect(afterLine(60)).toBe(1);
  });

  /** The pace after ten retries, each of which passed, while one more first try is turned away every `everyMs`. */
  const afterPassed = (everyMs: number) => {
    const callers = new ErpCallers();
    callers.reportFirstTries(1);
    callers.ask({ errorClass: 'rate_limit' });
    callers.nowMs += 60_000;
    for (let i = 0; i < 10; i++) {
      callers.ask({ jobId: `job-${i}`, errorClass: 'rate_limit' });
      callers.nowMs += everyMs;
      callers.reportRetry({ jobId: `job-${i}`, attemptNumber: 2, success: true });
    }
    return callers.fleet.dependency('erp').throttle.paceAt(callers.nowMs, { firstTries: null, seen: null }, 1);
  };

  it('does not become faster while first tries are turned away', () => {
    expect(afterPassed(10_000)).toBe(1);
  });

  it('control: does where they are not', () => {
    expect(afterPassed(60_000)).toBeGreaterThan(1.2);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ErpCallers } from '../testing/fleet.js';
import { countBreakers, dependencyState, dependencyStates } from './dependency-state.js';

const PROBES = 3;

/** Callers whose dependency gets 10 first tries a second, all of which fail from now on. */
const outage = () => {
  const callers = new ErpCallers();
  callers.reportFirstTries(10);
  for (let second = 0; second < 20; second++) {
    callers.nowMs += 1_000;
    for (let i = 0; i < 10; i++) callers.ask({ delayMs: 60_000 });
  }
  callers.nowMs += 1_000;
  return callers;
};

describe('the breaker of a dependency', () => {
  it('opens when most first tries fail, and puts everybody off', () => {
    const callers = outage();
    expect(callers.ask()).toMatchObject({ kind: 'deferred', effects: [{ name: 'breaker' }] });
    expect(callers.state.breaker.state).toBe('open');
  });

  it('control: as many failures among ten times as many first tries leave it closed', () => {
    const callers = new ErpCallers();
    callers.reportFirstTries(100);
    for (let i = 0; i < 200; i++) {
      callers.nowMs += 100;
      callers.ask({ delayMs: 60_000 });
    }
    expect(callers.state.breaker.state).toBe('closed');
  });

  it.each(['validation', 'rate_limit', 'not_found'])('does not open for failures of class %s', (errorClass) => {
    const callers = new ErpCallers();
    callers.reportFirstTries(10);
    for (let i = 0; i < 300; i++) {
      callers.nowMs += 100;
      callers.ask({ errorClass });
    }
    expect(callers.state.breaker.state).toBe('closed');
  });

  it('does not open for questions alone, where nobody reports what became of anything', () => {
    const callers = new ErpCallers();
    for (let i = 0; i < 300; i++) {
      callers.nowMs += 100;
      expect(callers.ask().kind).toBe('admitted');
    }
    expect(callers.state.breaker.state).toBe('closed');
  });

  it('opens for retries alone when hardly any succeeds, and not for late news of them', () => {
    const [now, late] = [new ErpCallers(), new ErpCallers()];
    for (let i = 0; i < 25; i++) {
      now.reportRetry({ success: false });
      late.reportRetry({ success: false, timestampMs: late.nowMs - 120_000 });
    }
    expect([now.state.breaker.state, late.state.breaker.state]).toEqual(['open', 'closed']);
  });

  describe('of a dependency that is called once a minute', () => {
    /** Six minutes in which all first tries fail, reported each minute; before them one has come through, unless that is not known. */
    const rare = ({ isSuccessKnown = true, tellsOfSuccesses = false, errorClass = 'timeout' } = {}) => {
      const callers = new ErpCallers();
      const count = (succeeded: number, failed: number) => {
        const window = { windowStartMs: callers.nowMs - 60_000, windowEndMs: callers.nowMs };
        callers.fleet.noteCounts([{ jobType: 'sync', dependency: 'erp', succeeded, failed, ...window }], callers.nowMs);
      };
      if (isSuccessKnown) count(1, 0);
      for (let minute = 0; minute < 6; minute++) {
        callers.nowMs += 30_000;
        callers.ask({ delayMs: 600_000, errorClass });
        callers.nowMs += 30_000;
        count(Number(tellsOfSuccesses), 1);
      }
      callers.nowMs += 1_000;
      return callers.state.breaker.state;
    };

    it('opens when five in a row have failed', () => {
      expect(rare()).toBe('open');
    });

    it('control: stays closed where some came through, none is known to have ever, or jobs failed for themselves', () => {
      expect(rare({ tellsOfSuccesses: true })).toBe('closed');
      expect(rare({ isSuccessKnown: false })).toBe('closed');
      expect(rare({ errorClass: 'validation' })).toBe('closed');
    });
  });

  it('gives out exactly as many probes as there are, and closes when they come through', () => {
    const callers = outage();
    callers.ask();
    callers.nowMs = callers.state.breaker.probeAtMs ?? 0;
    const kinds = Array.from(
      { length: 40 },
      (_, i) => callers.ask({ jobId: `waiting-${i}`, errorClass: 'rate_limit' }).kind,
    );
    expect(kinds.filter((kind) => kind === 'admitted')).toHaveLength(PROBES);
    callers.nowMs += 1_000;
    for (let i = 0; i < PROBES; i++) callers.reportRetry();
    expect(callers.state.breaker.state).toBe('closed');
  });

  /** Callers whose dependency has just come back. */
  const recovered = () => {
    const callers = outage();
    callers.ask();
    callers.nowMs = callers.state.breaker.probeAtMs ?? 0;
    for (let i = 0; i < PROBES; i++) callers.ask({ jobId: `waiting-${i}` });
    callers.nowMs += 1_000;
    for (let i = 0; i < PROBES; i++) callers.reportRetry();
    return callers;
  };

  it('does not open again for the failures of an outage that is over', () => {
    const callers = recovered();
    expect(callers.state.breaker.state).toBe('closed');
    callers.nowMs += 2_000;
    callers.ask();
    expect(callers.state.breaker.state).toBe('closed');
  });

  it('sends its probes early once first tries have not failed for five seconds', () => {
    const callers = outage();
    for (let round = 0; round < 4; round++) {
      callers.nowMs = callers.state.breaker.probeAtMs ?? callers.nowMs + 1_000;
      for (let i = 0; i < 10; i++) callers.ask();
    }
    const { probeAtMs } = callers.state.breaker;
    callers.nowMs += 6_000;
    expect([callers.nowMs < (probeAtMs ?? 0), callers.state.breaker.state]).toEqual([true, 'half_open']);
  });

  it('is held open by an operator, who is named as the reason', () => {
    const callers = new ErpCallers({ breakerOverrides: [{ dependency: 'erp', state: 'open', reason: 'migration' }] });
    expect(callers.ask()).toMatchObject({ kind: 'deferred', because: [expect.stringContaining('(migration)')] });
  });
});

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
    expect(callers.state.parkedRetries).toBe(50);
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
    expect(callers.state.parkedRetries).toBe(0.5);
  });

  it('gives whoever was put off its turn', () => {
    const callers = new ErpCallers();
    callers.reportFirstTries(10);
    admitted(callers, 100);
    const answers = callers.askUntilAdmitted({ jobId: 'late', errorClass: 'rate_limit' });
    expect(answers[0]).toMatchObject({ kind: 'deferred' });
    expect(answers.at(-1)).toMatchObject({ kind: 'admitted', reasons: ['deferred_turn'] });
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

  it('is not known from failures alone', () => {
    const callers = new ErpCallers();
    for (let i = 0; i < 50; i++) callers.reportRetry({ attemptNumber: 1, success: false });
    expect(callers.state.firstTriesPerSecond).toBeNull();
    for (let i = 0; i < 50; i++) callers.reportRetry({ attemptNumber: 1, success: true });
    expect(callers.state.firstTriesPerSecond).toBeGreaterThan(0);
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
});

describe("a server's hint", () => {
  const leftMs = (callers: ErpCallers) => (callers.state.hintUntilMs ?? callers.nowMs) - callers.nowMs;

  it('holds for everybody who calls the same dependency, until it passes', () => {
    const callers = new ErpCallers();
    callers.ask();
    callers.fleet.dependency('erp').noteHint(30_000, callers.nowMs);
    callers.nowMs += 10_000;
    expect(leftMs(callers)).toBe(20_000);
    callers.nowMs += 20_000;
    expect(leftMs(callers)).toBe(0);
  });

  it('holds no longer once a call has come through', () => {
    const callers = new ErpCallers();
    callers.fleet.dependency('erp').noteHint(30_000, callers.nowMs);
    callers.nowMs += 1_000;
    callers.reportRetry();
    expect(leftMs(callers)).toBe(0);
  });
});

describe('looking at dependencies', () => {
  it('does not make them ones in use, of which other processes are told', () => {
    const callers = outage();
    const usedAtMs = () => [...callers.fleet.entries()].map(([, dependency]) => dependency.usedAtMs);
    const before = usedAtMs();
    callers.nowMs += 3_600_000;
    dependencyStates(callers.fleet, callers.nowMs, 10);
    countBreakers(callers.fleet, callers.nowMs);
    expect(usedAtMs()).toEqual(before);
    callers.ask();
    expect(usedAtMs()).toEqual([callers.nowMs]);
  });

  it('answers as many as are asked for, the ones heard of last', () => {
    const callers = new ErpCallers();
    for (const name of ['a', 'b', 'c']) callers.fleet.dependency(name);
    expect(dependencyStates(callers.fleet, callers.nowMs, 2).map(({ name }) => name)).toEqual(['c', 'b']);
  });

  it('shows a breaker that an operator holds of a dependency that nobody has asked about', () => {
    const callers = new ErpCallers({ breakerOverrides: [{ dependency: 'crm', state: 'open', reason: 'migration' }] });
    callers.ask();
    const { fleet, nowMs } = callers;
    expect(dependencyState(fleet, 'crm', nowMs)?.breaker).toMatchObject({
      state: 'open',
      override: { reason: 'migration' },
    });
    expect(dependencyStates(fleet, nowMs, 10).map(({ name }) => name)).toEqual(['erp', 'crm']);
    expect(dependencyStates(fleet, nowMs, 1)).toHaveLength(1);
    expect(countBreakers(fleet, nowMs)).toEqual({ closed: 1, open: 1, half_open: 0 });
    expect([fleet.peek('crm'), dependencyState(fleet, 'other', nowMs)]).toEqual([null, null]);
  });

  it('counts them by the state of their breakers', () => {
    const callers = outage();
    callers.ask();
    callers.fleet.dependency('quiet');
    expect(countBreakers(callers.fleet, callers.nowMs)).toEqual({ closed: 1, open: 1, half_open: 0 });
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ReasonCode } from '@smart-retry/domain';
import { someFeatures } from '@smart-retry/domain/testing';
import { ErpCallers } from '../testing/fleet.js';
import { countBreakers, dependencyState, dependencyStates } from './dependency-state.js';
import { noteHint } from './latest-news.js';

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

describe('what is known of calls', () => {
  it.each([
    ['reports', (callers: ErpCallers) => callers.reportRetry()],
    ['counts', (callers: ErpCallers) => callers.reportFirstTries(0.1)],
  ])('is forgotten in time where nobody asks and only %s come', (_, report) => {
    const callers = new ErpCallers();
    const keys = [1, 2].map(() => {
      for (let minute = 0; minute < 60; minute++) {
        callers.nowMs += 60_000;
        report(callers);
      }
      return callers.fleet.dependency('erp').calls.sums.keys().size;
    });
    expect(keys[1]).toBeLessThanOrEqual(keys[0] ?? 0);
    expect(keys[1]).toBeGreaterThan(0);
  });
});

describe('the breaker of a dependency', () => {
  it('opens when most first tries fail, and puts everybody off', () => {
    const callers = outage();
    expect(callers.ask()).toMatchObject({ kind: 'deferred', effects: [{ name: 'breaker' }] });
    expect(callers.state.breaker.state).toBe('open');
  });

  it('is looked at without a probe, a place or a dependency being taken', () => {
    const callers = outage();
    const looked = { nowMs: 0, delayMs: 60_000, floorMs: 0, untilEndMs: 600_000, maxDelayMs: 300_000, draw: 0.5 };
    const look = (jobId: string, dependency = 'erp') =>
      callers.fleet.look(someFeatures({ dependency, jobId }), callers.nowMs).admit({ ...looked, nowMs: callers.nowMs });
    const recordOf = (name: string) => {
      const { breaker, probes, latest } = callers.fleet.dependency(name);
      return { breaker, probesLeft: probes.left, latest: { ...latest } };
    };
    for (const reason of ['breaker_open', 'breaker_probe']) {
      const before = recordOf('erp');
      const looks = Array.from({ length: 10 }, (_, i) => look(`looked-${i}`));
      expect(looks.every(({ reasons }) => reasons.includes(reason as ReasonCode))).toBe(true);
      expect(recordOf('erp')).toEqual(before);
      expect(callers.ask({ delayMs: 60_000, untilEndMs: 600_000 })).toEqual(looks[0]);
      callers.nowMs += 5_000;
    }
    expect(look('j', 'unheard').reasons).toEqual(['budget_unknown']);
    expect(callers.fleet.peek('unheard')).toBeNull();
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

  it('does not take first tries for successes of which most fail without anybody asking about them', () => {
    const stateWhere = (failed: number) => {
      const callers = new ErpCallers();
      const window = { windowStartMs: callers.nowMs - 300_000, windowEndMs: callers.nowMs };
      const counts = { jobType: 'sync', dependency: 'erp', succeeded: 3_000 - failed, failed, ...window };
      callers.fleet.noteCounts([counts], callers.nowMs);
      for (let i = 0; i < 50; i++) {
        callers.nowMs += 400;
        callers.ask({ delayMs: 60_000 });
      }
      return callers.state.breaker.state;
    };
    expect([stateWhere(0), stateWhere(2_950)]).toEqual(['closed', 'open']);
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

describe("a server's hint", () => {
  const leftMs = (callers: ErpCallers) => (callers.state.hintUntilMs ?? callers.nowMs) - callers.nowMs;

  it('holds for everybody who calls the same dependency, until it passes', () => {
    const callers = new ErpCallers();
    callers.ask();
    noteHint(callers.fleet.dependency('erp').latest, 30_000, callers.nowMs);
    callers.nowMs += 10_000;
    expect(leftMs(callers)).toBe(20_000);
    callers.nowMs += 20_000;
    expect(leftMs(callers)).toBe(0);
  });

  it.each([
    [290_000, 290_000],
    [600_000, 300_000],
  ])('of %d ms holds for %d ms: as long as may be waited', (retryAfterMs, heldMs) => {
    const callers = new ErpCallers();
    const failed = someFeatures({ dependency: 'erp', errorClass: 'rate_limit' });
    callers.fleet.meet({ ...failed, jobId: 'told', retryAfterMs }, callers.nowMs);
    expect(callers.fleet.meet({ ...failed, jobId: 'untold' }, callers.nowMs).sharedHintMs).toBe(heldMs);
    expect(leftMs(callers)).toBe(heldMs);
  });

  it('holds no longer once a call has come through', () => {
    const callers = new ErpCallers();
    noteHint(callers.fleet.dependency('erp').latest, 30_000, callers.nowMs);
    callers.nowMs += 1_000;
    callers.reportRetry();
    expect(leftMs(callers)).toBe(0);
  });
});

describe('a failed retry that does not say why it failed', () => {
  it('counts as one that failed as its job had before', () => {
    const failedAfter = (errorClass: string) => {
      const callers = new ErpCallers();
      const link = { source: 'job', errorClass, failedAttemptNumber: 1 } as const;
      callers.reportRetry({ success: false, errorClass: undefined }, link);
      return callers.state.recent;
    };
    expect([failedAfter('timeout'), failedAfter('validation')]).toEqual([
      { failed: 1, succeeded: 0 },
      { failed: 0, succeeded: 0 },
    ]);
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

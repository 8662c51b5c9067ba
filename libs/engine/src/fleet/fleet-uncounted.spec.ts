import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { someFeatures, T0 } from '@smart-retry/domain/testing';
import { ErpCallers } from '../testing/fleet.js';

/** Callers that report their retries and nothing else. */
describe('where nobody reports first tries', () => {
  /** An outage of two minutes in which ten first tries a second fail, and jobs that keep failing are known from their retries. */
  const outage = () => {
    const callers = new ErpCallers();
    for (let i = 0; i < 200; i++) callers.reportRetry();
    for (let second = 0; second < 120; second++) {
      callers.nowMs += 1_000;
      for (let i = 0; i < 10; i++) callers.ask({ delayMs: 60_000 });
      if (callers.state.breaker.state !== 'open') callers.reportRetry({ success: false });
    }
    return callers;
  };
  /** The same, and back: its probes have come through. */
  const recovered = () => {
    const callers = outage();
    callers.nowMs = callers.state.breaker.probeAtMs ?? callers.nowMs;
    for (let i = 0; i < 3; i++) callers.ask({ jobId: `probe-${i}` });
    callers.nowMs += 1_000;
    for (let i = 0; i < 3; i++) callers.reportRetry();
    return callers;
  };

  it('opens the breaker when retries fail one after the other, whose jobs used to come through', () => {
    expect(outage().state).toMatchObject({ breaker: { state: 'open' }, firstTriesPerSecond: null });
  });

  it('holds jobs by it that name no dependency and are of its name by their type', () => {
    const { fleet, nowMs } = outage();
    const { dependency: _, ...unnamed } = someFeatures({ jobType: 'erp', errorClass: 'timeout' });
    expect(fleet.meet(unnamed, nowMs).isCalm).toBe(false);
  });

  it('leaves that to others where first tries are known, or workers do not wait as they are told', () => {
    const stateAfterRow = (prepare: (callers: ErpCallers) => void) => {
      const callers = new ErpCallers();
      for (let i = 0; i < 200; i++) callers.reportRetry();
      prepare(callers);
      callers.nowMs += 1_000;
      for (let i = 0; i < 10; i++) callers.reportRetry({ success: false });
      return callers.state.breaker.state;
    };
    expect(stateAfterRow(() => undefined)).toBe('open');
    expect(stateAfterRow((callers) => callers.reportFirstTries(10))).toBe('closed');
    // Too few to tell anything.
    expect(stateAfterRow((callers) => callers.reportFirstTries(0.01))).toBe('open');
    const neverAsk = ({ fleet }: ErpCallers) => {
      for (let i = 0; i < 10; i++) fleet.dependency('erp').askers.noteNever(T0);
    };
    expect(stateAfterRow(neverAsk)).toBe('closed');
  });

  it('tells the jobs of a row apart by their tenant, too', () => {
    const stateAfter = (tenantOf: (i: number) => string) => {
      const callers = new ErpCallers();
      for (let i = 0; i < 200; i++) callers.reportRetry();
      callers.nowMs += 1_000;
      for (let i = 0; i < 10; i++) callers.reportRetry({ success: false, jobId: 'nightly', tenant: tenantOf(i) });
      return callers.state.breaker.state;
    };
    expect(stateAfter(() => 'acme')).toBe('closed');
    expect(stateAfter((i) => `tenant-${i}`)).toBe('open');
  });

  it('lets a backlog go at the pace that first tries were seen to fail at, and says that it is a guess', () => {
    const callers = recovered();
    expect(callers.state.breaker.state).toBe('closed');
    callers.nowMs += 1_000;
    const answers = Array.from({ length: 400 }, (_, i) => callers.ask({ jobId: `late-${i}`, delayMs: 0 }));
    expect(answers.filter(({ kind }) => kind === 'admitted').length).toBeLessThan(10);
    expect(answers.at(-1)).toMatchObject({
      kind: 'deferred',
      reasons: ['budget_spent', 'budget_unknown'],
      because: [expect.stringContaining('20 % of its first tries as far as they were seen to fail')],
    });
  });

  it('counts those as waiting who keep their place while they are put off once more', () => {
    const callers = recovered();
    const late = Array.from({ length: 50 }, (_, i) => callers.ask({ jobId: `late-${i}`, delayMs: 0 }));
    callers.nowMs += Math.max(...late.map(({ askAgainMs = 0 }) => askAgainMs));
    const last = callers.ask({ jobId: 'late-49', delayMs: 0 });
    expect(last).toMatchObject({ kind: 'deferred', booking: 'kept' });
    callers.nowMs += (last.askAgainMs ?? 0) - 1;
    expect(callers.state.waitingJobs).toBeGreaterThan(0);
  });

  it('opens again when as many first tries fail as before', () => {
    const callers = recovered();
    for (let second = 0; second < 20 && callers.state.breaker.state === 'closed'; second++) {
      callers.nowMs += 1_000;
      for (let i = 0; i < 10; i++) callers.ask({ delayMs: 60_000 });
    }
    expect(callers.state.breaker.state).toBe('open');
  });

  it('enforces nothing in calm times, however many ask', () => {
    const callers = new ErpCallers();
    for (let i = 0; i < 600; i++) {
      callers.nowMs += 100;
      callers.reportRetry();
      expect(callers.ask()).toMatchObject({ kind: 'admitted', reasons: ['budget_unknown'] });
    }
  });

  it('paces retries where a limit turns first tries away', () => {
    const callers = new ErpCallers();
    const askThrottled = (count: number) =>
      Array.from({ length: count }, () => callers.ask({ errorClass: 'rate_limit', delayMs: 1_000 }));
    for (let second = 0; second < 60; second++) {
      callers.nowMs += 1_000;
      askThrottled(5);
    }
    const { throttledPerSecond } = callers.state;
    expect(Math.abs(Math.log((throttledPerSecond ?? 0) / 5))).toBeLessThan(0.15);
    const last = askThrottled(100).at(-1);
    expect(last).toMatchObject({ kind: 'deferred', reasons: ['budget_spent', 'budget_unknown'] });
    expect(last?.because[0]).toMatch(/as many as it takes while it throttles/);
  });

  it('leaves calls alone that share a job type alone, of which most call something that is gone for good', () => {
    const callers = new ErpCallers();
    const rng = createRng([3, 3, 3, 3]);
    let open = 0;
    for (let i = 0; i < 4_000; i++) {
      callers.nowMs += 500;
      callers.reportRetry({ success: rng() < 0.25 });
      if (i > 500 && callers.state.breaker.state !== 'closed') open++;
    }
    expect(open).toBeLessThan(40);
  });
});

describe('where first tries were reported, and then there are none', () => {
  /** A minute of an outage in which five first tries a second fail, and nobody makes any from then on. */
  const ended = () => {
    const callers = new ErpCallers();
    for (let i = 0; i < 600; i++) {
      callers.nowMs += 200;
      if (i < 300) callers.reportRetry({ attemptNumber: 1 });
      else callers.ask({ delayMs: 60_000 });
    }
    return callers;
  };

  it('takes none of them for successes: its breaker is not closed', () => {
    const callers = ended();
    const states = new Set<string>();
    for (let i = 0; i < 240; i++) {
      callers.nowMs += 15_000;
      const { isProbe } = callers.ask({ jobId: 'patient', delayMs: 60_000 });
      if (isProbe) callers.reportRetry({ success: false, jobId: 'patient' });
      states.add(callers.state.breaker.state);
    }
    expect([...states].sort()).toEqual(['half_open', 'open']);
  });

  it('still holds those who wait to a share of them once it is back', () => {
    const callers = ended();
    callers.nowMs += 660_000;
    expect(callers.state).toMatchObject({ firstTriesPerSecond: null, budgetLeftRetries: expect.any(Number) });
  });
});

import { describe, expect, it } from '@jest/globals';
import { ErpCallers } from '../testing/fleet.js';

/** Some are seen to run their job although it was put off. */
function runWithoutAsking(callers: ErpCallers, jobs: number): void {
  const failed = { source: 'shape', errorClass: 'timeout', failedAttemptNumber: 1 } as const;
  for (let i = 0; i < jobs; i++) callers.reportRetry({}, { ...failed, recommendationId: 'r', wasPutOff: true });
}

/** An outage at three first tries a second whose callers are put off, and make their retry when that is over. */
function outage({
  seconds,
  askAgain = false,
  seenNot = 5,
}: {
  readonly seconds: number;
  readonly askAgain?: boolean;
  readonly seenNot?: number;
}) {
  const callers = new ErpCallers();
  callers.reportFirstTries(3);
  if (!askAgain) runWithoutAsking(callers, seenNot);
  for (let second = 0; second < seconds; second++) {
    callers.nowMs += 1_000;
    for (let i = 0; i < 3; i++) callers.ask({ delayMs: 10_000, errorClass: 'unavailable' });
  }
  return callers;
}

describe('workers that make their retry when they are told', () => {
  it('are sent as no probe', () => {
    const asksAtProbes = (askAgain: boolean) => {
      const callers = outage({ seconds: 10, askAgain });
      for (let second = 0; second < 60 && callers.state.breaker.state !== 'open'; second++) {
        callers.nowMs += 1_000;
        for (let i = 0; i < 3; i++) callers.ask({ delayMs: 10_000 });
      }
      callers.nowMs = callers.state.breaker.probeAtMs ?? callers.nowMs;
      return callers.ask().isProbe;
    };
    expect([asksAtProbes(true), asksAtProbes(false)]).toEqual([true, false]);
  });

  it('wait the longer, and for fewer places, the longer the trouble has lasted', () => {
    const lastedAndHeeded = (askAgain: boolean) => {
      const { fleet, nowMs } = outage({ seconds: 240, askAgain });
      const erp = fleet.dependency('erp');
      return [erp.trouble.lastedMs(nowMs), fleet.budgetOf(erp, nowMs)?.budget.troubleLastedMs];
    };
    const [lastedMs, heededMs] = lastedAndHeeded(false);
    expect(lastedMs).toBeGreaterThan(220_000);
    expect(heededMs).toBe(lastedMs);
    expect(lastedAndHeeded(true)[1]).toBe(0);
    const callers = outage({ seconds: 240 });
    expect(callers.ask({ delayMs: 1_000, errorClass: 'unavailable' }).delayMs).toBeGreaterThan(75_000);
  });

  it('wait by the outage that goes on, and not by one that was over for as long as calls tell of trouble', () => {
    const lastedAfter = (calmSeconds: number) => {
      const callers = outage({ seconds: 240 });
      const { breaker } = callers.fleet.dependency('erp');
      // As if its probes had come through.
      callers.fleet.dependency('erp').adoptBreaker({
        ...breaker,
        state: 'closed',
        version: breaker.version + 1,
        sinceMs: callers.nowMs,
        releasedAtMs: callers.nowMs,
      });
      callers.nowMs += 1_000 * calmSeconds;
      for (let second = 0; second < 15; second++, callers.nowMs += 1_000)
        for (let i = 0; i < 3; i++) callers.ask({ delayMs: 10_000, errorClass: 'unavailable' });
      return callers.fleet.dependency('erp').trouble.lastedMs(callers.nowMs - 1_000);
    };
    expect(lastedAfter(5)).toBeGreaterThan(240_000);
    expect(lastedAfter(30)).toBeLessThan(20_000);
  });

  it('come without a place as many as the dependency will be able to take, by what comes through', () => {
    const letCome = (retriesSucceeded: number) => {
      const callers = outage({ seconds: 240 });
      for (let i = 0; i < retriesSucceeded; i++) callers.reportRetry();
      callers.nowMs += 5_000;
      const answers = Array.from({ length: 2_000 }, (_, i) =>
        callers.ask({ delayMs: 1_000, errorClass: 'unavailable', draw: i / 2_000 }),
      );
      return answers.filter(({ kind }) => kind === 'deferred').map(({ delayMs }) => delayMs);
    };
    // Twice as many as the three first tries a second, in the half of five minutes that is told to those.
    expect(letCome(0).length).toBeGreaterThan(600);
    expect(letCome(0).length).toBeLessThan(950);
    expect(letCome(1)).toEqual(letCome(0));
    expect(letCome(200).length).toBe(2_000);
    const perMinute = [0, 1, 2, 3, 4].map((m) => letCome(0).filter((ms) => Math.floor(ms / 60_000) === m).length);
    expect(Math.max(...perMinute)).toBeLessThanOrEqual(6 * 60);
  });

  it('are known by tenant and job type, and are none that have asked again themselves', () => {
    const callers = outage({ seconds: 240 });
    const answer = (changes: Parameters<ErpCallers['ask']>[0]) => callers.ask({ delayMs: 1_000, ...changes }).kind;
    const job = { jobId: 'asks-again' };
    expect(answer({ ...job, errorClass: 'unavailable' })).toBe('deferred');
    callers.nowMs += 2_000;
    // No place is left, and calls time out.
    expect([answer({}), answer({ tenant: 'other' }), answer(job)].map((kind) => kind === 'refused')).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('leave room for as many others, however often some of them ask again', () => {
    const letComeBeside = (asks: number) => {
      const callers = outage({ seconds: 240, seenNot: 300 });
      for (let ask = 0; ask < 20; ask++, callers.nowMs += 1_000) {
        for (let i = 0; i < 5 && ask < asks; i++)
          callers.ask({ jobId: `asks-again-${i}`, delayMs: 1_000, errorClass: 'unavailable', draw: i / 5 });
        for (let i = 0; i < 3; i++) callers.ask({ delayMs: 10_000, errorClass: 'unavailable' });
      }
      const answers = Array.from({ length: 2_000 }, (_, i) =>
        callers.ask({ delayMs: 1_000, errorClass: 'unavailable', draw: i / 2_000 }),
      );
      return answers.filter(({ kind }) => kind === 'deferred').length;
    };
    expect(letComeBeside(1)).toBeLessThan(1_000);
    expect(letComeBeside(20)).toBe(letComeBeside(1));
  });
});

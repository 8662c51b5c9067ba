import { describe, expect, it } from '@jest/globals';
import { T0 } from '@smart-retry/domain/testing';
import { ErpCallers } from '../testing/fleet.js';
import { Askers } from './askers.js';

describe('Askers', () => {
  it('ask again unless many were seen to run their job instead', () => {
    const askers = new Askers();
    expect(askers.askAgainAt(T0)).toBe(true);
    for (let i = 0; i < 3; i++) askers.noteNever(T0);
    expect(askers.askAgainAt(T0)).toBe(false);
    for (let i = 0; i < 2; i++) askers.noteAgain();
    expect(askers.askAgainAt(T0)).toBe(true);
  });

  it('are taken for others a day after they were last seen not to ask', () => {
    const askers = new Askers();
    const later = T0 + 86_400_001;
    for (let i = 0; i < 3; i++) askers.noteNever(T0);
    expect([askers.askAgainAt(T0 + 86_400_000), askers.askAgainAt(later)]).toEqual([false, true]);
    askers.noteNever(later);
    expect(askers.askAgainAt(later)).toBe(true);
  });

  it('are known by what they do after they were put off', () => {
    const putOff = () => {
      const callers = new ErpCallers({ breakerOverrides: [{ dependency: 'erp', state: 'open' }] });
      for (let i = 0; i < 10; i++) callers.ask({ jobId: `job-${i}` });
      callers.nowMs += 60_000;
      return callers;
    };
    const [again, never] = [putOff(), putOff()];
    for (let i = 0; i < 10; i++) {
      again.ask({ jobId: `job-${i}` });
      never.reportRetry({ jobId: `job-${i}`, attemptNumber: 2 });
    }
    for (let i = 0; i < 10; i++) again.reportRetry({ jobId: `job-${i}`, attemptNumber: 2 });
    const asks = ({ fleet, nowMs }: ErpCallers) => fleet.dependency('erp').askers.askAgainAt(nowMs);
    expect([asks(again), asks(never)]).toEqual([true, false]);
  });

  it('are known by what their retries followed, where nobody knows the job that was put off', () => {
    const runAfter = (advice: { readonly wasPutOff?: true }) => {
      const callers = new ErpCallers();
      const link = {
        source: 'shape',
        errorClass: 'timeout',
        failedAttemptNumber: 1,
        recommendationId: 'r',
        ...advice,
      } as const;
      for (let i = 0; i < 10; i++) callers.reportRetry({}, link);
      return callers.fleet.dependency('erp').askers.askAgainAt(T0);
    };
    expect([runAfter({}), runAfter({ wasPutOff: true })]).toEqual([true, false]);
  });

  it('are known by the advice that their retry followed where another process has given it since', () => {
    const callers = new ErpCallers({ breakerOverrides: [{ dependency: 'erp', state: 'open' }] });
    const advice = {
      source: 'recommendation',
      errorClass: 'timeout',
      failedAttemptNumber: 1,
      recommendationId: 'r',
    } as const;
    for (let i = 0; i < 10; i++) {
      callers.ask({ jobId: `job-${i}` });
      callers.reportRetry({ jobId: `job-${i}`, attemptNumber: 2 }, advice);
    }
    expect(callers.fleet.dependency('erp').askers.askAgainAt(T0)).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ErpCallers } from '../testing/fleet.js';
import { Askers } from './askers.js';

describe('Askers', () => {
  it('ask again unless many were seen to run their job instead', () => {
    const askers = new Askers();
    expect(askers.askAgain).toBe(true);
    for (let i = 0; i < 3; i++) askers.noteNever();
    expect(askers.askAgain).toBe(false);
    for (let i = 0; i < 2; i++) askers.noteAgain();
    expect(askers.askAgain).toBe(true);
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
    const asks = ({ fleet }: ErpCallers) => fleet.dependency('erp').askers.askAgain;
    expect([asks(again), asks(never)]).toEqual([true, false]);
  });

  it('are known by what their retries followed, where nobody knows the job that was put off', () => {
    const runAfter = (advice: { readonly wasPutOff?: true }) => {
      const callers = new ErpCallers();
      const link = { source: 'shape', errorClass: 'timeout', failedAttemptNumber: 1, ...advice } as const;
      for (let i = 0; i < 10; i++) callers.reportRetry({}, link);
      return callers.fleet.dependency('erp').askers.askAgain;
    };
    expect([runAfter({}), runAfter({ wasPutOff: true })]).toEqual([true, false]);
  });
});

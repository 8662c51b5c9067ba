import { describe, expect, it } from '@jest/globals';
import { T0 } from '@smart-retry/domain/testing';
import { ErpCallers } from '../testing/fleet.js';

const DAY_MS = 86_400_000;

describe('a dependency of which no first try has come through', () => {
  /** So many first tries a second fail, each is reported and asked about. */
  const failFor = (callers: ErpCallers, seconds: number, perSecond = 5) => {
    for (let second = 0; second < seconds; second++) {
      callers.nowMs += 1_000;
      for (let i = 0; i < perSecond; i++) {
        callers.reportRetry({ attemptNumber: 1, success: false });
        callers.ask();
      }
    }
  };
  const succeedElsewhere = (callers: ErpCallers, jobType?: string) =>
    callers.reportRetry({ attemptNumber: 1, dependency: 'crm', ...(jobType !== undefined && { jobType }) });

  it('has a breaker by them where its job type reports those that succeed elsewhere', () => {
    const callers = new ErpCallers();
    succeedElsewhere(callers);
    failFor(callers, 10);
    expect(callers.state).toMatchObject({
      breaker: { state: 'open', goesBy: 'first_tries' },
      firstTriesPerSecond: expect.any(Number),
    });
  });

  it('has it where few call, too', () => {
    const callers = new ErpCallers();
    succeedElsewhere(callers);
    for (let i = 0; i < 5; i++) {
      callers.nowMs += 59_000;
      failFor(callers, 1, 1);
    }
    expect(callers.state.breaker.state).toBe('open');
  });

  it('has it by counts of first tries, and where counts say that the job type reports all', () => {
    const callers = new ErpCallers();
    const count = (dependency: string, succeeded: number, failed: number) =>
      callers.fleet.noteCounts(
        [
          {
            jobType: 'sync',
            dependency,
            succeeded,
            failed,
            windowStartMs: callers.nowMs - 10_000,
            windowEndMs: callers.nowMs,
          },
        ],
        callers.nowMs,
      );
    count('erp', 0, 50);
    expect(callers.state.firstTriesPerSecond).toBeNull();
    count('crm', 1, 0);
    count('erp', 0, 50);
    expect(callers.state.firstTriesPerSecond).toBeGreaterThan(0);
  });

  it('has none where the job type is known by failures alone, and says what was told and why', () => {
    const callers = new ErpCallers();
    succeedElsewhere(callers, 'another');
    failFor(callers, 10);
    expect(callers.state).toMatchObject({
      breaker: { state: 'closed', goesBy: 'retries' },
      recent: { failed: 50, succeeded: 0 },
      firstTriesPerSecond: null,
    });
  });

  it('has none any more when the job type has not reported a success for a day', () => {
    const callers = new ErpCallers();
    succeedElsewhere(callers);
    callers.nowMs = T0 + DAY_MS + 1;
    failFor(callers, 10);
    expect(callers.state.breaker.state).toBe('closed');
  });
});

import { describe, expect, it } from '@jest/globals';
import { STOP_ACTION } from './action.js';
import { AttemptLog } from './attempt-log.js';
import type { History } from './history.js';
import type { LoggedAttempt } from './logged-attempt.js';
import { readHistory } from './read-history.js';
import { finish } from './testing/ask.js';

const OBJECTIVE = { valueHalfLifeMs: 60_000, attemptCost: 0.1 };
const DAY_MS = 86_400_000;

/** An attempt of job `a` that failed with a timeout. */
function failed(attemptNumber: number, changes: Partial<LoggedAttempt> = {}): LoggedAttempt {
  return { jobId: 'a', jobType: 'email_send', attemptNumber, success: false, errorClass: 'timeout', ...changes };
}

function succeeded(attemptNumber: number, changes: Partial<LoggedAttempt> = {}): LoggedAttempt {
  return { jobId: 'a', jobType: 'email_send', attemptNumber, success: true, ...changes };
}

function read(...attempts: readonly LoggedAttempt[]): History {
  const log = new AttemptLog();
  for (const attempt of attempts) log.add(attempt);
  return finish(readHistory(log, OBJECTIVE));
}

describe('readHistory', () => {
  it('values each failure from then on: 2^(−t / half-life), less the cost of each attempt when it starts', () => {
    const { decisions } = read(
      failed(1),
      failed(2, { delayMs: 60_000, processingTimeMs: 60_000 }),
      succeeded(3, { delayMs: 120_000, processingTimeMs: 60_000 }),
    );
    const afterSecond = 2 ** -2 * (2 ** -1 - 0.1);
    expect(decisions).toMatchObject([
      { action: 5, value: 2 ** -1 * (2 ** -1 * afterSecond - 0.1), propensity: null },
      { action: 5, value: afterSecond },
    ]);
  });

  it('takes a failure that nothing followed for a stop, worth nothing', () => {
    expect(read(failed(1, { stopPropensity: 0.25 })).decisions).toMatchObject([
      { action: STOP_ACTION, value: 0, propensity: 0.25 },
    ]);
  });

  it('links by tenant, job and attempt number, whatever the order; tenants with alike ids stay apart', () => {
    const { decisions, jobs } = read(
      succeeded(2, { tenant: 'acme', delayMs: 500 }),
      failed(1, { tenant: 'acme' }),
      failed(1, { tenant: 'acm', jobId: 'ea' }),
    );
    expect(jobs).toBe(2);
    expect(decisions.map(({ action }) => action).sort()).toEqual([0, STOP_ACTION]);
  });

  it('counts the same report once: the first', () => {
    const { duplicates, decisions } = read(
      failed(1),
      succeeded(2, { delayMs: 500 }),
      succeeded(2, { delayMs: 9_000 }),
      failed(1),
    );
    expect(duplicates).toBe(2);
    expect(decisions).toMatchObject([{ action: 0 }]);
  });

  it('takes a success under the number of the failed attempt for its retry', () => {
    expect(read(failed(1), succeeded(1, { delayMs: 2_000 })).decisions).toMatchObject([{ action: 1 }]);
  });

  it('believes the wait really taken; with a propensity, the action is the one advised', () => {
    const retry = { delayMs: 500, actualDelayMs: 60_000 };
    expect(read(failed(1), succeeded(2, retry)).decisions).toMatchObject([{ action: 5, value: 0.5 * 0.9 }]);
    expect(read(failed(1), succeeded(2, { ...retry, propensity: 0.5 })).decisions).toMatchObject([
      { action: 0, value: 0.5 * 0.9, propensity: 0.5 },
    ]);
  });

  it('finds a wait that nobody reported between the timestamps', () => {
    const { decisions } = read(
      failed(1, { timestampMs: 0 }),
      succeeded(2, { timestampMs: 9_000, processingTimeMs: 2_000 }),
    );
    expect(decisions).toMatchObject([{ action: 2 }]);
  });

  it.each<[string, readonly LoggedAttempt[], Partial<History['excluded']>]>([
    ['a missing attempt', [failed(1), succeeded(3, { delayMs: 1 })], { missing_attempt: 1 }],
    ['a wait that is not known', [failed(1), succeeded(2)], { unknown_delay: 1 }],
    ['a cancelled retry', [failed(1), failed(2, { delayMs: 1, status: 'cancelled' })], { unknown_outcome: 1 }],
    ['no error class', [{ ...succeeded(1), success: false }, succeeded(2, { delayMs: 1 })], { no_error_class: 1 }],
    [
      'the same further on: the value is not known either',
      [failed(1), failed(2, { delayMs: 1 }), succeeded(3)],
      { unknown_delay: 2 },
    ],
  ])('leaves out a failure with %s', (_why, attempts, excluded) => {
    expect(read(...attempts)).toMatchObject({ decisions: [], failures: attempts.length - 1, excluded });
  });

  it('leaves out failures so late that a retry could still come, retried or not; control: earlier ones count', () => {
    const job = (jobId: string, atMs: number, retried = true) => [
      failed(1, { jobId, timestampMs: atMs }),
      ...(retried ? [succeeded(2, { jobId, delayMs: 1_000, timestampMs: atMs + 1_000 })] : []),
    ];
    const slow = [failed(1, { jobId: 'slow', timestampMs: 0 }), succeeded(2, { jobId: 'slow', delayMs: 60_000 })];
    const late = [...job('x', DAY_MS - 30_000), ...job('y', DAY_MS - 2_000), ...job('z', DAY_MS - 1_000, false)];
    const { excluded, decisions, longestWaitMs, toMs } = read(...slow, ...late, succeeded(1, { timestampMs: DAY_MS }));
    expect({ excluded, longestWaitMs, toMs }).toMatchObject({
      excluded: { pending: 3 },
      longestWaitMs: 60_000,
      toMs: DAY_MS,
    });
    expect(decisions).toHaveLength(1);
    const earlier = [...job('x', DAY_MS - 90_000), ...job('z', DAY_MS - 80_000, false)];
    expect(read(...slow, ...earlier, succeeded(1, { timestampMs: DAY_MS })).decisions).toHaveLength(3);
  });

  it('learns nothing from first tries that succeed', () => {
    expect(read(succeeded(1), succeeded(1, { jobId: 'b' }))).toMatchObject({ jobs: 2, failedJobs: 0, failures: 0 });
  });
});

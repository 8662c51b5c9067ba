import { describe, expect, it } from '@jest/globals';
import { rowsOfLog, type LoggedAttempt } from './rows-of-log.js';

const T0 = Date.UTC(2026, 1, 3);
const attempt = (attemptNumber: number, more: Partial<LoggedAttempt> = {}): LoggedAttempt => ({
  jobId: 'a',
  jobType: 'email_send',
  attemptNumber,
  success: false,
  timestampMs: T0 + attemptNumber * 60_000,
  ...more,
});

describe('rowsOfLog', () => {
  it("takes the context from the failure, and nothing but the outcome from the retry's record", () => {
    const failure = attempt(1, { errorClass: 'timeout', errorCode: 'E1', payloadSize: 7, health: { cpu: 0.2 } });
    const retry = attempt(2, {
      errorClass: 'oom',
      errorCode: 'E2',
      payloadSize: 8,
      health: { cpu: 0.9 },
      success: true,
      actualDelayMs: 50_000,
      propensity: 0.3,
    });
    expect(rowsOfLog([retry, failure])).toEqual({
      rows: [
        {
          jobId: '0  a',
          context: {
            jobType: 'email_send',
            errorClass: 'timeout',
            errorCode: 'E1',
            payloadSize: 7,
            health: { cpu: 0.2 },
            attemptNumber: 1,
            failedAtMs: T0 + 60_000,
          },
          delayMs: 50_000,
          success: true,
          atMs: T0 + 120_000,
          propensity: 0.3,
        },
      ],
      leftOut: { no_error_class: 0, no_outcome: 0, unknown_delay: 0, unknown_time: 0 },
      duplicates: 0,
    });
  });

  it('reads a wait that nobody reports from the times of both attempts, less the work', () => {
    const { rows } = rowsOfLog([attempt(1, { errorClass: 'timeout' }), attempt(2, { processingTimeMs: 15_000 })]);
    expect(rows).toMatchObject([{ delayMs: 45_000, success: false }]);
  });

  it('takes a retry whose failure is not in the log for its own witness, counting back from its end', () => {
    const { rows } = rowsOfLog([attempt(3, { errorClass: 'timeout', delayMs: 5_000, processingTimeMs: 1_000 })]);
    expect(rows).toMatchObject([{ context: { attemptNumber: 2, failedAtMs: T0 + 174_000 }, delayMs: 5_000 }]);
  });

  it('keeps jobs of different tenants apart, and counts what comes twice once', () => {
    const [failure, retry] = [attempt(1, { errorClass: 'timeout' }), attempt(2)];
    const ofAnother = attempt(2, { tenant: 'x', success: true });
    const { rows, leftOut, duplicates } = rowsOfLog([failure, retry, retry, ofAnother]);
    expect(rows).toHaveLength(1);
    expect(leftOut).toMatchObject({ no_error_class: 1 });
    expect(duplicates).toBe(1);
  });

  it.each<[string, Partial<LoggedAttempt>, Partial<LoggedAttempt>]>([
    ['no_outcome', { errorClass: 'timeout' }, { status: 'cancelled' }],
    ['no_error_class', {}, { errorClass: 'timeout' }],
    ['unknown_time', { errorClass: 'timeout' }, { timestampMs: undefined as never }],
  ])('leaves out with %s what teaches nothing', (why, failure, retry) => {
    expect(rowsOfLog([attempt(1, failure), attempt(2, retry)])).toMatchObject({ rows: [], leftOut: { [why]: 1 } });
  });
});

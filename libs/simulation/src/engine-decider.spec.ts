import { describe, expect, it } from '@jest/globals';
import type { AttemptReport, RetryFeatures } from '@smart-retry/domain';
import { someReport, T0 } from '@smart-retry/domain/testing';
import type { SmartRetry } from '@smart-retry/engine';
import { startEngineDecider, type Caller } from './engine-decider.js';

describe('startEngineDecider', () => {
  const startFor = (caller: { readonly countsFirstTries?: boolean }) =>
    // Nothing is asked of it.
    startEngineDecider('ours', 1, () => Promise.resolve({} as SmartRetry), caller);

  it('plays callers that count their first tries, or report none', async () => {
    expect(await startFor({})).toHaveProperty('reportFirstTries');
    expect(await startFor({ countsFirstTries: false })).not.toHaveProperty('reportFirstTries');
  });

  it('plays callers that tell all they know, or no more than they have to', async () => {
    const toldBy = async (caller: Caller) => {
      const asked: RetryFeatures[] = [];
      const told: AttemptReport[] = [];
      const recommend = (features: RetryFeatures) => {
        asked.push(features);
        return { recommendation: { decision: 'retry', delayMs: 5_000, reasons: [] }, recommendationId: 'id' };
      };
      const record = (reports: readonly AttemptReport[]) => Promise.resolve(told.push(...reports));
      const engine = Object.assign({} as SmartRetry, { recommender: { recommend }, attempts: { record } });
      const decider = await startEngineDecider('ours', 1, () => Promise.resolve(engine), caller);
      const job = { jobId: 'job-1', jobType: 'sync', dependency: 'erp' };
      const failed = { errorClass: 'timeout', errorCode: '504', failedAtMs: T0, firstFailedAtMs: T0 };
      const choice = await decider.decide({ ...job, ...failed, attemptNumber: 2 });
      await decider.report?.(
        someReport({ ...job, attemptNumber: 3, success: false, errorClass: 'oom', delayMs: 5_000 }),
      );
      return [choice, asked, told];
    };
    const retry = { action: 'retry', delayMs: 5_000, treatment: 'as_planned' };
    expect(await toldBy({})).toMatchObject([
      { ...retry, recommendationId: 'id' },
      [{ jobId: 'job-1', dependency: 'erp', attemptNumber: 2 }],
      [{ dependency: 'erp', errorClass: 'oom', attemptNumber: 3 }],
    ]);
    expect(await toldBy({ tellsLeast: true })).toEqual([
      retry,
      [{ jobType: 'sync', errorClass: 'timeout', errorCode: '504', attemptNumber: 2 }],
      [{ jobId: 'job-1', jobType: 'sync', attemptNumber: 2, success: false, delayMs: 5_000, timestampMs: T0 }],
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Choice, Decider, Failure } from '../decider.js';
import { createAwsSdk } from './aws-sdk.js';
import { createFinagle } from './finagle.js';
import { CELERY, createFixed, FIXED } from './fixed.js';
import { createGrpc } from './grpc.js';
import { createDecorrelatedJitter, createFullJitter } from './jittered.js';
import { createBullMq, createSidekiq, createTemporal } from './job-queues.js';
import { createNaiveBayes } from './naive-bayes.js';
import { createNone } from './none.js';
import { createRules } from './rules.js';

function failure(attemptNumber: number, changes: Partial<Failure> = {}): Failure {
  return {
    jobId: 'job-1',
    jobType: 'email_send',
    dependency: 'mail_api',
    errorClass: 'timeout',
    errorCode: 'ETIMEDOUT',
    attemptNumber,
    failedAtMs: 1_000_000,
    firstFailedAtMs: 1_000_000,
    ...changes,
  };
}

/** The delays after failures 1, 2, …; null is a stop. */
async function delaysOf(decider: Decider, attempts: number, changes: Partial<Failure> = {}) {
  const choices: Choice[] = [];
  for (let n = 1; n <= attempts; n++) choices.push(await decider.decide(failure(n, changes)));
  return choices.map((choice) => (choice.action === 'stop' ? null : choice.delayMs));
}

describe('baselines', () => {
  it('none stops, fixed waits 1 s three times, Celery 180 s three times', async () => {
    expect(await delaysOf(createNone(), 1)).toEqual([null]);
    expect(await delaysOf(createFixed(FIXED), 4)).toEqual([1_000, 1_000, 1_000, null]);
    expect(await delaysOf(createFixed(CELERY), 4)).toEqual([180_000, 180_000, 180_000, null]);
  });

  it('BullMQ doubles from 1 s and gives up at the fifth failure', async () => {
    expect(await delaysOf(createBullMq(), 5)).toEqual([1_000, 2_000, 4_000, 8_000, null]);
  });

  it('Temporal doubles from 1 s up to 100 s and never gives up', async () => {
    const delaysMs = await delaysOf(createTemporal(), 40);
    expect(delaysMs.slice(0, 9)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 100_000, 100_000]);
    expect(delaysMs.at(-1)).toBe(100_000);
  });

  it('Sidekiq waits n⁴ + 15 + rand(10)·(n + 1) seconds, 25 times', async () => {
    const delaysMs = await delaysOf(createSidekiq(1), 26);
    delaysMs.slice(0, 25).forEach((delayMs, n) => {
      const jitterS = ((delayMs ?? NaN) / 1_000 - n ** 4 - 15) / (n + 1);
      expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).toContain(jitterS);
    });
    expect(delaysMs[25]).toBeNull();
  });

  it('full jitter stays below base·2^n and below the cap; decorrelated between base and three times the last', async () => {
    const full = await delaysOf(createFullJitter(1), 10);
    full.slice(0, 9).forEach((delayMs, i) => expect(delayMs).toBeLessThanOrEqual(Math.min(20_000, 100 * 2 ** (i + 1))));
    expect(full[9]).toBeNull();
    const decorrelated = await delaysOf(createDecorrelatedJitter(1), 9);
    decorrelated.forEach((delayMs, i) => {
      expect(delayMs).toBeGreaterThanOrEqual(100);
      expect(delayMs).toBeLessThanOrEqual(3 * (decorrelated[i - 1] ?? 100) + 2);
    });
  });

  it('the seed rules answer for a timeout as their policy says: 2 s, 4 s, ± 20 %, then stop', async () => {
    const [first, second, third] = await delaysOf(createRules(1), 3);
    expect(Math.abs((first ?? NaN) - 2_000)).toBeLessThanOrEqual(400);
    expect(Math.abs((second ?? NaN) - 4_000)).toBeLessThanOrEqual(800);
    expect(third).toBeNull();
  });

  it('the AWS SDK pays 14 tokens of 500 for a retry, 5 when throttled, and gets them back with a success', async () => {
    const countRetries = async (decider: Decider, changes: Partial<Failure>) => {
      for (let i = 0; ; i++) {
        const choice = await decider.decide(failure(1, { jobId: `job-${i}`, ...changes }));
        if (choice.action === 'stop') return i;
      }
    };
    const drained = createAwsSdk(1);
    expect(await countRetries(drained, {})).toBe(35); // ⌊500 / 14⌋
    expect(await countRetries(createAwsSdk(1), { errorCode: '429' })).toBe(100); // 500 / 5
    drained.observeCall?.({ dependency: 'mail_api', jobId: 'job-0', attemptNumber: 2, success: true, endedAtMs: 0 });
    expect((await drained.decide(failure(1, { jobId: 'job-x' }))).action).toBe('retry');
    expect((await createAwsSdk(1).decide(failure(3))).action).toBe('stop');
  });

  it('gRPC stops after five failed calls in a row, and goes on after fifty successes', async () => {
    const grpc = createGrpc(1);
    const call = (success: boolean) =>
      grpc.observeCall?.({ dependency: 'mail_api', jobId: 'j', attemptNumber: 1, success, endedAtMs: 0 });
    for (let i = 0; i < 4; i++) call(false);
    expect((await grpc.decide(failure(1))).action).toBe('retry');
    call(false);
    expect((await grpc.decide(failure(1))).action).toBe('stop');
    for (let i = 0; i < 11; i++) call(true);
    expect((await grpc.decide(failure(1))).action).toBe('retry');
    expect((await grpc.decide(failure(5))).action).toBe('stop');
  });

  it('Finagle has a hundred retries in reserve for ten seconds, and a fifth of the calls on top', async () => {
    const finagle = createFinagle();
    const countRetries = async (failedAtMs: number) => {
      for (let i = 0; ; i++) {
        const choice = await finagle.decide(failure(1, { failedAtMs }));
        if (choice.action === 'stop') return i;
      }
    };
    expect(await countRetries(1_000_000)).toBe(100);
    for (let i = 0; i < 50; i++) {
      finagle.observeCall?.({
        dependency: 'mail_api',
        jobId: 'j',
        attemptNumber: 1,
        success: true,
        endedAtMs: 1_001_000,
      });
    }
    expect(await countRetries(1_001_000)).toBe(10);
    expect(await countRetries(1_012_000)).toBe(100);
  });

  it('the naive reading takes the best of the buckets that it has tried, so it never leaves the rules', async () => {
    const naive = createNaiveBayes(1);
    for (let i = 0; i < 10; i++) {
      await naive.decide(failure(1));
      await naive.report?.({
        jobId: 'job-1',
        jobType: 'email_send',
        attemptNumber: 2,
        success: i % 2 === 0,
        actualDelayMs: 2_000,
        timestampMs: 0,
      });
    }
    // 5 of 10: Beta(6, 6); the middle of 1–5 s
    expect(await naive.decide(failure(1))).toEqual({
      action: 'retry',
      delayMs: 3_000,
      shown: { successProbability: 0.5 },
    });
  });
});

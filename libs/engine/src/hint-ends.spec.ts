import { describe, expect, it } from '@jest/globals';
import type { RetryFeatures } from '@smart-retry/domain';
import { someFeatures, T0 } from '@smart-retry/domain/testing';
import { HintEnds } from './hint-ends.js';

const failed = (features: Partial<RetryFeatures> = {}) =>
  someFeatures({ jobId: 'a', attemptNumber: 1, retryAfterMs: 20_000, ...features });

/** One that told a job at `T0` what to do about a hint of 20 s. */
const told = (decision: 'retry' | 'defer' | 'stop', delayMs: number, features = failed()) => {
  const ends = new HintEnds({ maxJobs: 10 });
  const recommendation = {
    shouldRetry: decision !== 'stop',
    countsAsAttempt: decision === 'retry',
    nextEvaluationAtMs: T0 + delayMs,
  };
  ends.note(features, recommendation, T0);
  return ends;
};

const leftMs = (ends: HintEnds, atMs: number, features = failed()) => ends.countDown(features, atMs).retryAfterMs;

describe('HintEnds', () => {
  it('counts a repeated hint from when it was heard first', () => {
    const ends = told('retry', 21_000);
    expect(leftMs(ends, T0)).toBe(20_000);
    expect(leftMs(ends, T0 + 8_000)).toBe(12_000);
  });

  it('takes a hint that has passed for none, so that what others were told since counts', () => {
    expect(leftMs(told('defer', 2_000), T0 + 20_000)).toBeUndefined();
  });

  it('counts on from the first time however often the job is put off', () => {
    const ends = told('defer', 2_000);
    const again = { shouldRetry: true, countsAsAttempt: false, nextEvaluationAtMs: T0 + 600_000 };
    ends.note(failed(), again, T0 + 3_000);
    expect(leftMs(ends, T0 + 5_000)).toBe(15_000);
  });

  it('is never longer than what the server asked for, by a clock that went back', () => {
    expect(leftMs(told('retry', 21_000), T0 - 5_000)).toBe(20_000);
  });

  it.each<[string, Partial<RetryFeatures>]>([
    ['another hint', { retryAfterMs: 20_001 }],
    ['the next attempt', { attemptNumber: 2 }],
    ['another job', { jobId: 'b' }],
    ['another tenant', { tenant: 'acme' }],
    ['a job without an id', { jobId: undefined }],
  ])('counts the hint of %s from now', (_name, features) => {
    const named = failed(features);
    expect(leftMs(told('retry', 21_000), T0 + 8_000, named)).toBe(named.retryAfterMs);
  });

  it.each([
    ['retry', 21_000, 21_000],
    ['defer', 2_000, 602_000],
  ] as const)(
    'takes it for a new hint when the job can have failed again: after %s in %d ms from %d ms on',
    (...row) => {
      const [decision, delayMs, fromMs] = row;
      const ends = told(decision, delayMs);
      expect(leftMs(ends, T0 + fromMs - 1)).toBeUndefined();
      expect(leftMs(ends, T0 + fromMs)).toBe(20_000);
    },
  );

  it('remembers nothing of a job that was stopped', () => {
    expect(leftMs(told('stop', 0), T0 + 8_000)).toBe(20_000);
  });
});

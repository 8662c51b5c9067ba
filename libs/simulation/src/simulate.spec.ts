import { describe, expect, it } from '@jest/globals';
import type { AttemptReport } from '@smart-retry/domain';
import { retryAfter, STOP, type Decider, type Failure } from './decider.js';
import { JOB_LIFETIME_MS, SIMULATION_EPOCH_MS, simulate } from './simulate.js';
import { someJob, someWorld } from './testing/some-world.js';

function recordingDecider(delaysMs: readonly number[]) {
  const failures: Failure[] = [];
  const reports: AttemptReport[] = [];
  const decider: Decider = {
    name: 'recording',
    decide(failure) {
      failures.push(failure);
      const delayMs = delaysMs[failure.attemptNumber - 1];
      return delayMs === undefined ? STOP : { ...retryAfter(delayMs), recommendationId: `r${failure.attemptNumber}` };
    },
    report: (attempt) => void reports.push(attempt),
  };
  return { decider, failures, reports };
}

describe('simulate', () => {
  it('asks at each failure, retries after the delay and reports what was really waited', async () => {
    const { decider, failures, reports } = recordingDecider([1_000, 2_000]);
    const trace = await simulate(someWorld([someJob(0, 500)]), decider);
    expect(failures.map(({ attemptNumber, failedAtMs }) => [attemptNumber, failedAtMs - SIMULATION_EPOCH_MS])).toEqual([
      [1, 510],
      [2, 1_520],
      [3, 3_530],
    ]);
    expect(failures.every(({ firstFailedAtMs }) => firstFailedAtMs === SIMULATION_EPOCH_MS + 510)).toBe(true);
    expect(
      reports.map(({ attemptNumber, actualDelayMs, recommendationId }) => [
        attemptNumber,
        actualDelayMs,
        recommendationId,
      ]),
    ).toEqual([
      [2, 1_000, 'r1'],
      [3, 2_000, 'r2'],
    ]);
    expect(trace.failedJobs[0]).toMatchObject({ end: 'stopped', firstFailedAtMs: 510 });
    expect(trace.failedJobs[0]?.retries.map(({ atMs }) => atMs)).toEqual([1_510, 3_520]);
  });

  it('lets events of all jobs happen in order of time, and in order of scheduling at the same time', async () => {
    const calls: (readonly [number, string, number])[] = [];
    const jobs = [someJob(0, 0), someJob(1, 0), someJob(2, 700), someJob(3, 700)];
    const world = someWorld(jobs, {
      attempt({ job, attemptNumber, atMs }) {
        calls.push([atMs, job.id, attemptNumber]);
        return { success: false, processingMs: 10, errorClass: 'timeout', errorCode: 'T' };
      },
    });
    await simulate(world, recordingDecider([690, 300]).decider);
    expect(calls.map(([atMs]) => atMs)).toEqual([...calls.map(([atMs]) => atMs)].sort((a, b) => a - b));
    expect(calls.filter(([atMs]) => atMs === 700).map(([, id, attempt]) => [id, attempt])).toEqual([
      ['job-2', 1],
      ['job-3', 1],
      ['job-0', 2],
      ['job-1', 2],
    ]);
  });

  it('lets a job expire whose next retry is due after its lifetime', async () => {
    const trace = await simulate(someWorld([someJob(0, 0)]), recordingDecider([JOB_LIFETIME_MS + 1]).decider);
    expect(trace.failedJobs[0]).toMatchObject({ end: 'expired', retries: [] });
  });

  it('asks again about the same attempt after a defer, with what is left of the hint', async () => {
    const failures: Failure[] = [];
    const world = someWorld([someJob(0, 0)], {
      attempt: () => ({
        success: false,
        processingMs: 0,
        errorClass: 'rate_limit',
        errorCode: '429',
        retryAfterMs: 5_000,
      }),
    });
    await simulate(world, {
      name: 'deferring',
      decide(failure) {
        failures.push(failure);
        return failures.length === 1 ? { action: 'defer', delayMs: 2_000 } : STOP;
      },
    });
    expect(failures.map(({ attemptNumber, retryAfterMs }) => [attemptNumber, retryAfterMs])).toEqual([
      [1, 5_000],
      [1, 3_000],
    ]);
  });

  it('ends although a decider defers for ever', async () => {
    const trace = await simulate(someWorld([someJob(0, 0)]), {
      name: 'stalling',
      decide: () => ({ action: 'defer', delayMs: 0 }),
    });
    expect(trace.failedJobs[0]?.end).toBe('expired');
  });

  it('loses and doubles reports as often as the client of the world does, and none for a faithful one', async () => {
    const jobs = Array.from({ length: 2_000 }, (_, i) => someJob(i, i));
    const client = { lostReportShare: 0.25, duplicatedReportShare: 0.2, forgottenIdShare: 0.5, maxReportLagMs: 1_000 };
    const broken = recordingDecider([100]);
    await simulate(someWorld(jobs, { client }), broken.decider);
    const faithful = recordingDecider([100]);
    await simulate(someWorld(jobs), faithful.decider);
    expect(faithful.reports).toHaveLength(2_000);
    const distinct = new Set(broken.reports.map(({ jobId }) => jobId));
    expect(distinct.size / 2_000).toBeCloseTo(0.75, 1);
    expect(broken.reports.length / distinct.size).toBeCloseTo(1.2, 1);
    expect(
      broken.reports.filter(({ recommendationId }) => recommendationId === undefined).length / broken.reports.length,
    ).toBeCloseTo(0.5, 1);
  });

  it('counts first tries over five minutes each', async () => {
    const windows: (readonly [number, number])[] = [];
    const jobs = [someJob(0, 0), someJob(1, 299_000), someJob(2, 301_000)];
    const world = someWorld(jobs, { attempt: () => ({ success: true, processingMs: 5 }) });
    await simulate(world, {
      name: 'counting',
      decide: () => STOP,
      reportFirstTries(counts) {
        for (const { windowStartMs, succeeded } of counts)
          windows.push([windowStartMs - SIMULATION_EPOCH_MS, succeeded]);
      },
    });
    expect(windows).toEqual([
      [0, 2],
      [300_000, 1],
    ]);
  });
});

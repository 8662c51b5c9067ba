import { describe, expect, it } from '@jest/globals';
import { someJob, someWorld } from '../testing/some-world.js';
import type { Trace } from '../trace.js';
import { measureRecovery } from './recovery.js';

const JOBS = Array.from({ length: 500 }, (_, i) => someJob(i, 1_000 * i));

/** Each job succeeds at once, but for those from `from` to `to` that are given up. */
function trace(from: number, to: number, changesAtMs?: number): Trace {
  const world = someWorld(JOBS, changesAtMs === undefined ? {} : { changesAtMs });
  const retry = { decidedAtMs: 0, succeeded: true };
  const failedJobs = JOBS.map((job) => {
    const atMs = job.arrivesAtMs;
    const isGivenUp = job.index >= from && job.index < to;
    const retries = isGivenUp ? [] : [{ ...retry, atMs, endedAtMs: atMs }];
    return {
      job,
      firstFailedAtMs: atMs,
      incidentAgeMs: 0,
      treatment: 'as_planned' as const,
      retries,
      end: 'succeeded' as const,
      isPoison: false,
    };
  });
  return { world, decider: 'some', failedJobs };
}

describe('measureRecovery', () => {
  const oracle = trace(0, 0);

  it('counts the failures until the next fifty lose no more than a tenth above the steady state', () => {
    // 80 jobs after the change are lost; of the 50 from the 76th on, 4 of 50 are: 0.0776 of 0.097
    expect(measureRecovery(trace(100, 180, 100_000), oracle)).toEqual({ failures: 76, elapsedMs: 76_000 });
  });

  it('is at once where the change is not felt, and unknown where nothing changes', () => {
    expect(measureRecovery(trace(0, 100, 100_000), oracle)).toEqual({ failures: 0, elapsedMs: 0 });
    expect(measureRecovery(trace(100, 180), oracle)).toBeNull();
  });

  it('does not blame a decider for what the oracle loses as well', () => {
    expect(measureRecovery(trace(100, 180, 100_000), trace(100, 180))).toEqual({ failures: 0, elapsedMs: 0 });
  });
});

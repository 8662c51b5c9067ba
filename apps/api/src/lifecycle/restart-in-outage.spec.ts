import { afterEach, describe, expect, it } from '@jest/globals';
import { FixedClock, someFeatures, someReport } from '@smart-retry/domain/testing';
import { createSmartRetry, type SmartRetry } from '@smart-retry/engine';
import { openMemory, type MemoryStores } from '@smart-retry/storage/memory';

/** What workers of one job type report: first tries that succeed as well, or failures alone. */
describe('a process that starts while a dependency is down', () => {
  const clock = new FixedClock();
  const running: SmartRetry[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((smartRetry) => smartRetry.close()));
  });
  const startOn = async (stores: MemoryStores) => {
    const smartRetry = createSmartRetry({ stores, clock: clock.read });
    running.push(smartRetry);
    await smartRetry.start();
    // What it looks up by itself begins with the next turn of the timers.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return smartRetry;
  };
  const job = { jobType: 'sync', dependency: 'erp', errorClass: 'timeout' };

  const decisionsOf = async (before: { readonly success: boolean }) => {
    const stores = openMemory();
    const first = await startOn(stores);
    await first.attempts.record([
      someReport({ ...job, jobId: 'before', attemptNumber: 1, timestampMs: clock.read(), ...before }),
    ]);
    clock.advance(3_600_000);
    const { attempts, recommender } = await startOn(stores);
    const decisions = [];
    for (let i = 0; i < 50; i++) {
      clock.advance(200);
      const jobId = `job-${i}`;
      await attempts.record([
        someReport({ ...job, jobId, attemptNumber: 1, success: false, timestampMs: clock.read() }),
      ]);
      decisions.push(recommender.recommend(someFeatures({ ...job, jobId })).recommendation.decision);
    }
    return new Set(decisions.slice(-10));
  };

  it('leaves it alone by its first tries, where the history says that all are reported', async () => {
    expect(await decisionsOf({ success: true })).toEqual(new Set(['defer']));
  });

  it('goes on where failures alone are reported: of the rest nobody knows', async () => {
    expect(await decisionsOf({ success: false })).toEqual(new Set(['retry']));
  });
});

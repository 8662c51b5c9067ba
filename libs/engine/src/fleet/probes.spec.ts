import { describe, expect, it } from '@jest/globals';
import { NEW_BREAKER, type BreakerRecord } from '@smart-retry/domain';
import { Probes } from './probes.js';

const ALONE = { replicas: 1, rank: 0 };
/** Half open since 0. */
const breaker: BreakerRecord = { ...NEW_BREAKER, state: 'half_open', version: 1 };
const BEFORE_MS = -60_000;
const job = (jobId: string, attemptNumber = 1) => ({ jobType: 'sync', jobId, attemptNumber });

/** So many probes failed, each a second after it was to go, and their jobs asked what to do; some were reported. */
const afterFailures = (failures: number, { missing = failures, reportedAtMs = 1_000 } = {}) => {
  const probes = new Probes();
  for (let i = 0; i < failures; i++) {
    probes.send(job(`before-${i}`), { breaker: { ...breaker, version: 0 }, dueMs: BEFORE_MS }, ALONE);
    probes.noteAsk(job(`before-${i}`, 2), 'timeout', BEFORE_MS + 1_000);
    const report = { success: false, endedAtMs: BEFORE_MS + 1_000 };
    if (i >= missing) probes.noteReport(job(`before-${i}`), report, BEFORE_MS + reportedAtMs);
  }
  return probes;
};

describe('a probe that nobody has reported', () => {
  it('has failed when its job asks what to do next, and is reported once', () => {
    const probes = new Probes();
    probes.send(job('a'), { breaker, dueMs: 0 }, ALONE);
    probes.noteAsk(job('b', 2), 'timeout', 500);
    expect(probes.unreported(breaker, 500)).toEqual({ failed: 0, succeeded: 0 });
    probes.noteAsk(job('a', 2), 'timeout', 500);
    expect(probes.unreported(breaker, 500)).toEqual({ failed: 1, succeeded: 0 });
    probes.noteReport(job('a'), { success: false, endedAtMs: 500 }, 9_000);
    expect(probes.unreported(breaker, 9_000)).toEqual({ failed: 0, succeeded: 0 });
  });

  it.each(['own_fault', 'throttled', 'other'] as const)(
    'says nothing of the dependency by a failure that is %s',
    (kind) => {
      const probes = afterFailures(20);
      probes.send(job('a'), { breaker, dueMs: 0 }, ALONE);
      probes.noteAsk(job('a', 2), kind, 500);
      expect(probes.unreported(breaker, 60_000)).toEqual({ failed: 0, succeeded: 0 });
    },
  );

  it('has come through when its job does not ask for longer than the last twenty took', () => {
    const probes = afterFailures(20);
    probes.send(job('a'), { breaker, dueMs: 5_000 }, ALONE);
    expect(probes.unreported(breaker, 6_000)).toEqual({ failed: 0, succeeded: 0 });
    expect(probes.unreported(breaker, 6_001)).toEqual({ failed: 0, succeeded: 1 });
    probes.noteReport(job('a'), { success: true, endedAtMs: 5_500 }, 6_001);
    expect(probes.unreported(breaker, 6_001)).toEqual({ failed: 0, succeeded: 0 });
  });

  it.each([
    [4, 0],
    [5, 1],
  ])('has come through where %i of the last twenty failures were not reported: %i', (missing, succeeded) => {
    const probes = afterFailures(20, { missing });
    probes.send(job('a'), { breaker, dueMs: 0 }, ALONE);
    expect(probes.unreported(breaker, 60_000)).toEqual({ failed: 0, succeeded });
  });

  it('was not reported where that comes after more than twice as long as it took', () => {
    const succeeded = [2_000, 2_001].map((reportedAtMs) => {
      const probes = afterFailures(20, { missing: 0, reportedAtMs });
      probes.send(job('a'), { breaker, dueMs: 0 }, ALONE);
      return probes.unreported(breaker, 60_000).succeeded;
    });
    expect(succeeded).toEqual([0, 1]);
  });

  it('control: may still fail where fewer have ended, and where its job may ask another process', () => {
    const [few, shared] = [afterFailures(19), afterFailures(20)];
    few.send(job('a'), { breaker, dueMs: 0 }, ALONE);
    shared.send(job('a'), { breaker, dueMs: 0 }, { replicas: 2, rank: 0 });
    expect([few, shared].map((probes) => probes.unreported(breaker, 60_000).succeeded)).toEqual([0, 0]);
  });

  it.each([
    ['one failure took longer', { success: false, endedAtMs: 30_000 }, 30_000],
    ['one that came through took longer', { success: true, endedAtMs: 30_000 }, 90_000],
    ['a failure that nobody asked about was long unknown', { success: false, endedAtMs: 1_000 }, 30_000],
  ])('is waited for longer where %s', (_, report, reportedAtMs) => {
    const probes = afterFailures(20);
    probes.send(job('slow'), { breaker, dueMs: 0 }, ALONE);
    probes.noteReport(job('slow'), report, reportedAtMs);
    probes.send(job('a'), { breaker, dueMs: 0 }, ALONE);
    expect(probes.unreported(breaker, 30_000).succeeded).toBe(0);
    expect(probes.unreported(breaker, 30_001).succeeded).toBe(1);
  });

  it('is no news once the breaker has moved, unless others were only sent beside it', () => {
    const probes = afterFailures(20);
    probes.send(job('a'), { breaker, dueMs: 0 }, ALONE);
    const seen = (moved: Partial<BreakerRecord>) =>
      probes.unreported({ ...breaker, version: 2, sinceMs: 30_000, ...moved }, 60_000).succeeded;
    expect([seen({}), seen({ state: 'open' })]).toEqual([0, 0]);
    expect(seen({ firstProbes: { version: 1, sinceMs: 0 } })).toBe(1);
  });
});

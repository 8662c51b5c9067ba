import { describe, expect, it } from '@jest/globals';
import { createRng, DEFAULT_STRATEGY } from '@smart-retry/domain';
import { someFeatures, T0 } from '@smart-retry/domain/testing';
import type { Fleet } from '@smart-retry/engine';
import { fleetsOnOneLedger } from './testing/fleets-on-one-ledger.js';

const PER_MINUTE = 6;
const JOBS = 24;
const MINUTE_MS = 60_000;

/** Jobs of one tenant fail, two a second, and are run after `delay_ms`, whatever the decision is called: in which minutes. */
async function runsByMinute(processes: number): Promise<readonly number[]> {
  const rng = createRng([5, 6, 7, 8]);
  // A minute begins.
  let nowMs = Math.ceil(T0 / MINUTE_MS) * MINUTE_MS;
  const startMs = nowMs;
  const guardrails = {
    ...DEFAULT_STRATEGY.guardrails,
    tenantLimits: [{ tenant: 'seedy', retriesPerMinute: PER_MINUTE }],
  };
  const { fleets, compareNotes } = fleetsOnOneLedger(processes, { guardrails, clock: () => nowMs });
  for (let i = 0; i < 3; i++) await compareNotes();
  const minutes: number[] = [];
  for (let job = 0; job < JOBS; job++) {
    const fleet = fleets[job % processes] as Fleet;
    const features = someFeatures({ dependency: 'erp', jobId: `job-${job}`, tenant: 'seedy', errorClass: 'timeout' });
    const admission = fleet.meet(features, nowMs).admit({
      nowMs,
      delayMs: 1_000,
      floorMs: 0,
      untilEndMs: Number.POSITIVE_INFINITY,
      maxDelayMs: 300_000,
      draw: rng(),
    });
    fleet.settle(features, { isRetry: true, admission }, nowMs);
    const minute = Math.floor((nowMs + admission.delayMs - startMs) / MINUTE_MS);
    minutes[minute] = (minutes[minute] ?? 0) + 1;
    nowMs += 500;
    if (job % 2 === 1) await compareNotes();
  }
  return Array.from(minutes, (runs = 0) => runs);
}

describe('clients that run a job after `delay_ms` without asking again', () => {
  it('keep a limit where one process answers', async () => {
    const runs = await runsByMinute(1);
    expect(runs.reduce((sum, count) => sum + count, 0)).toBe(JOBS);
    expect(Math.max(...runs)).toBeLessThanOrEqual(PER_MINUTE);
  });

  it('keep it roughly where three processes answer, which promise nothing', async () => {
    const runs = await runsByMinute(3);
    expect(runs.reduce((sum, count) => sum + count, 0)).toBe(JOBS);
    expect(Math.max(...runs)).toBeLessThanOrEqual(2 * PER_MINUTE);
  });
});

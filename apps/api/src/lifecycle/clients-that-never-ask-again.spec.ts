import { describe, expect, it } from '@jest/globals';
import { createRng, DEFAULT_STRATEGY } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import type { Fleet } from '@smart-retry/engine';
import { askFleet, fleetsOnOneLedger, reportFirstTries } from './testing/fleets-on-one-ledger.js';

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
    const features = { jobId: `job-${job}`, tenant: 'seedy', errorClass: 'timeout' };
    const admission = askFleet(fleet, { features, nowMs, delayMs: 1_000, draw: rng() });
    const minute = Math.floor((nowMs + admission.delayMs - startMs) / MINUTE_MS);
    minutes[minute] = (minutes[minute] ?? 0) + 1;
    nowMs += 500;
    if (job % 2 === 1) await compareNotes();
  }
  return Array.from(minutes, (runs = 0) => runs);
}

const FIRST_TRIES_PER_SECOND = 12;
const OUTAGE_SECONDS = 40;
const SLOT_MS = 10_000;

interface Waits {
  readonly delayMs: number;
  readonly askAgainMs?: number;
}

/** All first tries fail for 40 s, and each job is run once after `runAfter`: how many in the busiest ten seconds. */
async function mostRunsAtOnce(
  { processes, tenants = 0 }: { readonly processes: number; readonly tenants?: number },
  runAfter: (told: Waits) => number,
): Promise<number> {
  const rng = createRng([6, 7, 8, 9]);
  let nowMs = T0;
  const { guardrails } = DEFAULT_STRATEGY;
  const { fleets, compareNotes } = fleetsOnOneLedger(processes, { guardrails, clock: () => nowMs });
  for (let i = 0; i < 2; i++) await compareNotes();
  reportFirstTries(fleets[0] as Fleet, FIRST_TRIES_PER_SECOND, T0);
  await compareNotes();
  const runs = new Map<number, number>();
  for (let job = 0; job < OUTAGE_SECONDS * FIRST_TRIES_PER_SECOND; job++) {
    const fleet = fleets[job % processes] as Fleet;
    const tenant = tenants === 0 ? undefined : `tenant-${job % tenants}`;
    const features = { jobId: `job-${job}`, errorClass: 'unavailable', tenant };
    const admission = askFleet(fleet, { features, nowMs, delayMs: 1_000, draw: rng() });
    const slot = Math.floor((nowMs + runAfter(admission)) / SLOT_MS);
    runs.set(slot, (runs.get(slot) ?? 0) + 1);
    nowMs = T0 + Math.floor((1_000 * (job + 1)) / FIRST_TRIES_PER_SECOND);
    if (job % 3 === 2) await compareNotes();
  }
  return Math.max(...runs.values());
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

  const perSlot = (FIRST_TRIES_PER_SECOND * SLOT_MS) / 1_000;

  it.each([
    [1, 0, 0.25],
    [3, 0, 0.6],
    [3, 10, 0.6],
    [3, 100, 0.6],
  ])(
    'come back after an outage little by little where %i answer, of %i tenants: at most %f of first tries',
    async (processes, tenants, share) => {
      const most = await mostRunsAtOnce({ processes, tenants }, ({ delayMs }) => delayMs);
      expect(most).toBeLessThanOrEqual(share * perSlot);
    },
  );

  it('would nearly double the calls if they were told when to ask again', async () => {
    const most = await mostRunsAtOnce({ processes: 3 }, ({ delayMs, askAgainMs = delayMs }) => askAgainMs);
    expect(most).toBeGreaterThan(0.7 * perSlot);
  });
});

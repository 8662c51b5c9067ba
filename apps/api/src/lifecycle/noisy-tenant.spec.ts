import { describe, expect, it } from '@jest/globals';
import { createRng, DEFAULT_STRATEGY } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import type { Fleet } from '@smart-retry/engine';
import { askFleet, fleetsOnOneLedger, reportFirstTries } from './testing/fleets-on-one-ledger.js';

const SECONDS = 120;
const QUIET_EVERY_SECONDS = 3;
const JOBS = SECONDS / QUIET_EVERY_SECONDS;
const OWN_DELAY_MS = 2_000;

interface Noise {
  readonly processes: number;
  readonly firstTriesPerSecond: number;
  readonly noisyPerSecond: number;
  readonly asksAgain?: boolean;
  readonly perTenantLimits?: boolean;
}

interface Waiting {
  readonly jobId: string;
  readonly tenant: string;
  readonly failedAtMs: number;
  readonly asksAtMs: number;
}

/**
 * One tenant's jobs fail all the time, another's seldom, at a dependency that is well otherwise. Answers how long each of the
 * other's jobs waited until it was run, ascending; ∞ for those that still wait.
 */
async function waitsOfTheOther(noise: Noise): Promise<readonly number[]> {
  const { processes, firstTriesPerSecond, noisyPerSecond, asksAgain = true, perTenantLimits = true } = noise;
  const rng = createRng([7, 8, 9, 1]);
  let nowMs = T0;
  const guardrails = { ...DEFAULT_STRATEGY.guardrails, perTenantLimits };
  const { fleets, compareNotes } = fleetsOnOneLedger(processes, { guardrails, clock: () => nowMs });
  for (let i = 0; i < 2; i++) await compareNotes();
  reportFirstTries(fleets[0] as Fleet, firstTriesPerSecond, T0);
  await compareNotes();
  let turns = 0;
  let waiting: Waiting[] = [];
  const waits: number[] = [];
  const ask = (jobId: string, tenant: string, failedAtMs: number) => {
    const features = { jobId, tenant, errorClass: 'unavailable' };
    const fleet = fleets[turns++ % processes] as Fleet;
    const admission = askFleet(fleet, { features, nowMs, delayMs: OWN_DELAY_MS, draw: rng() });
    const { kind, delayMs, askAgainMs = delayMs } = admission;
    const isPutOff = kind === 'deferred' && asksAgain;
    if (isPutOff) waiting.push({ jobId, tenant, failedAtMs, asksAtMs: nowMs + askAgainMs });
    else if (tenant === 'quiet') waits.push(nowMs + delayMs - failedAtMs);
  };
  for (let second = 0; second < SECONDS; second++, nowMs += 1_000) {
    for (let i = 0; i < noisyPerSecond; i++) ask(`noisy-${second}-${i}`, 'noisy', nowMs);
    if (second % QUIET_EVERY_SECONDS === 2) ask(`quiet-${second}`, 'quiet', nowMs);
    const due = waiting.filter(({ asksAtMs }) => asksAtMs <= nowMs);
    waiting = waiting.filter(({ asksAtMs }) => asksAtMs > nowMs);
    for (const { jobId, tenant, failedAtMs } of due) ask(jobId, tenant, failedAtMs);
    await compareNotes();
  }
  const stillWaiting = waiting.filter(({ tenant }) => tenant === 'quiet').map(() => Number.POSITIVE_INFINITY);
  return [...waits, ...stillWaiting].sort((a, b) => a - b);
}

describe('a tenant that fails 12 to 120 times as often as another', () => {
  const MANY = { firstTriesPerSecond: 100, noisyPerSecond: 40 };
  const FEW = { firstTriesPerSecond: 12, noisyPerSecond: 4 };

  it.each([true, false])('has none of its jobs wait where one process answers; asks again: %s', async (asksAgain) => {
    const waits = await waitsOfTheOther({ processes: 1, asksAgain, ...MANY });
    expect(waits).toEqual(new Array(JOBS).fill(OWN_DELAY_MS));
  });

  it.each([true, false])(
    'has nearly none of its jobs wait where three processes share a budget of 20 retries a second; asks again: %s',
    async (asksAgain) => {
      const waits = await waitsOfTheOther({ processes: 3, asksAgain, ...MANY });
      expect(waits).toHaveLength(JOBS);
      expect(waits[Math.floor(0.8 * JOBS)]).toBeLessThanOrEqual(2 * OWN_DELAY_MS);
      expect(waits.at(-1)).toBeLessThan(15_000);
    },
  );

  it.each([true, false])(
    'has all of its jobs run within 10 s where three share one of two retries a second; asks again: %s',
    async (asksAgain) => {
      const waits = await waitsOfTheOther({ processes: 3, asksAgain, ...FEW });
      expect(waits).toHaveLength(JOBS);
      expect(waits.at(-1)).toBeLessThan(10_000);
    },
  );

  it('control: has most of them wait for a minute and more where tenants do not share', async () => {
    const waits = await waitsOfTheOther({ processes: 3, perTenantLimits: false, ...MANY });
    expect(waits[Math.floor(0.5 * JOBS)]).toBeGreaterThan(10_000);
    expect(waits.at(-1)).toBe(Number.POSITIVE_INFINITY);
  });
});

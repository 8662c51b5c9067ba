import { beforeAll, describe, expect, it } from '@jest/globals';
import { createRng, DEFAULT_STRATEGY, type AttemptRecord } from '@smart-retry/domain';
import { someReport, T0 } from '@smart-retry/domain/testing';
import type { Fleet } from '@smart-retry/engine';
import { askFleet, fleetsOnOneLedger, reportFirstTries } from './testing/fleets-on-one-ledger.js';

const FIRST_TRIES_PER_SECOND = 12;
const OUTAGE_MS = 26_000;
const STEP_MS = 1_000;
const COUNTS_EVERY_MS = 5_000;
/** What most layers would have a timeout wait. */
const OWN_DELAY_MS = 2_000;
const SLOT_MS = 10_000;

interface Waiting {
  readonly jobId: string;
  readonly attemptNumber: number;
  readonly atMs: number;
  readonly isRetry: boolean;
}

/** Everybody who calls one dependency in an outage and after it, through so many processes, each question to the next. */
async function playHerd(
  processes: number,
  { afterMs, hasIds = true }: { readonly afterMs: number; readonly hasIds?: boolean },
) {
  const rng = createRng([1, 2, 3, 4]);
  let nowMs = T0;
  const { guardrails } = DEFAULT_STRATEGY;
  const { fleets, compareNotes } = fleetsOnOneLedger(processes, { guardrails, clock: () => nowMs });
  let turns = 0;
  const next = () => fleets[turns++ % processes] as Fleet;
  const endMs = T0 + 10_000 + OUTAGE_MS;
  const isDown = (atMs: number) => atMs >= T0 + 10_000 && atMs < endMs;
  let waiting: Waiting[] = [];
  const retriesBySlot = new Array<number>(afterMs / SLOT_MS).fill(0);
  let failed = 0;
  const reportCounts = (fromMs: number, succeeded: number, lost: number) =>
    next().noteCounts(
      [{ jobType: 'sync', dependency: 'erp', succeeded, failed: lost, windowStartMs: fromMs, windowEndMs: nowMs }],
      nowMs,
    );
  reportFirstTries(fleets[0] as Fleet, FIRST_TRIES_PER_SECOND, T0);
  const ask = (jobId: string, attemptNumber: number) => {
    const features = { ...(hasIds && { jobId }), errorClass: 'timeout', attemptNumber };
    const admission = askFleet(next(), { features, nowMs, delayMs: OWN_DELAY_MS, draw: rng() });
    const { kind, delayMs, askAgainMs = delayMs } = admission;
    waiting.push({ jobId, attemptNumber, atMs: nowMs + askAgainMs, isRetry: kind === 'admitted' });
  };
  const retry = ({ jobId, attemptNumber, atMs }: Waiting) => {
    if (atMs >= endMs) {
      const slot = Math.floor((atMs - endMs) / SLOT_MS);
      retriesBySlot[slot] = (retriesBySlot[slot] ?? 0) + 1;
    }
    const success = !isDown(atMs);
    const report = someReport({
      jobId,
      dependency: 'erp',
      attemptNumber: attemptNumber + 1,
      timestampMs: nowMs,
      success,
      ...(!success && { errorClass: 'timeout' }),
    });
    const record: AttemptRecord = {
      report,
      isRetry: true,
      sampleRate: 1,
      recordedAtMs: nowMs,
      aggregationIntervalMs: 60_000,
    };
    next().noteReports([record], nowMs);
    if (!success) ask(jobId, attemptNumber + 1);
  };

  let counted = { fromMs: T0, succeeded: 0, lost: 0 };
  for (let job = 0; nowMs < endMs + afterMs; nowMs += STEP_MS) {
    for (let i = 0; i < FIRST_TRIES_PER_SECOND; i++, job++) {
      if (!isDown(nowMs)) counted.succeeded++;
      else {
        counted.lost++;
        failed++;
        ask(`job-${job}`, 1);
      }
    }
    if (nowMs - counted.fromMs >= COUNTS_EVERY_MS) {
      reportCounts(counted.fromMs, counted.succeeded, counted.lost);
      counted = { fromMs: nowMs, succeeded: 0, lost: 0 };
    }
    const due = waiting.filter(({ atMs }) => atMs <= nowMs);
    waiting = waiting.filter(({ atMs }) => atMs > nowMs);
    for (const job of due) {
      if (job.isRetry) retry(job);
      else ask(job.jobId, job.attemptNumber);
    }
    await compareNotes();
  }
  return { failed, stillWaiting: waiting.length, retriesBySlot };
}

describe('a herd after an outage', () => {
  const afterMs = 120_000;
  let inThree: Awaited<ReturnType<typeof playHerd>>;
  beforeAll(async () => {
    inThree = await playHerd(3, { afterMs });
  });
  const through = (retriesBySlot: readonly number[]) => retriesBySlot.reduce((sum, retries) => sum + retries, 0);

  it('goes through three processes as fast as through one, whichever of them is asked', async () => {
    const one = await playHerd(1, { afterMs });
    expect([one.failed, inThree.failed]).toEqual([312, 312]);
    expect(through(one.retriesBySlot)).toBeGreaterThan(170);
    expect(through(inThree.retriesBySlot)).toBeGreaterThan(0.9 * through(one.retriesBySlot));
  });

  it('leaves no room empty while jobs wait, and makes no more calls beside a quarter of first tries than came through before', () => {
    const { retriesBySlot, stillWaiting } = inThree;
    const perSlot = (FIRST_TRIES_PER_SECOND * SLOT_MS) / 1_000;
    expect(stillWaiting).toBe(0);
    const inMinuteBefore = (slot: number) => through(retriesBySlot.slice(Math.max(0, slot - 6), slot));
    for (const [slot, retries] of retriesBySlot.entries()) {
      expect(retries).toBeLessThanOrEqual(1.25 * (0.2 * perSlot + inMinuteBefore(slot) / 6));
    }
    // Of timeouts, which cost half as much again, the budget holds 20 in ten seconds once it has grown. Then the herd is through.
    for (const retries of retriesBySlot.slice(3, -2)) expect(retries).toBeGreaterThanOrEqual(20);
  });

  it.each([1, 3])('goes through %d where jobs have no id, and ask again when they are told', async (processes) => {
    const { failed, stillWaiting, retriesBySlot } = await playHerd(processes, { afterMs: 200_000, hasIds: false });
    expect([failed, stillWaiting]).toEqual([312, 0]);
    const perSlot = (FIRST_TRIES_PER_SECOND * SLOT_MS) / 1_000;
    expect(Math.max(...retriesBySlot)).toBeLessThanOrEqual(0.25 * perSlot);
  });
});

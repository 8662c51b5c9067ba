import { describe, expect, it } from '@jest/globals';
import { createRng, DEFAULT_STRATEGY, type AttemptRecord } from '@smart-retry/domain';
import { someReport, T0 } from '@smart-retry/domain/testing';
import type { Fleet } from '@smart-retry/engine';
import { askFleet, fleetsOnOneLedger, reportFirstTries } from './testing/fleets-on-one-ledger.js';

const PER_SECOND = 12;
const STEP_MS = 250;
const OUTAGE_MS = 180_000;
const WINDOWS = OUTAGE_MS / 20_000;
const SLOT_MS = 5_000;
const { guardrails } = DEFAULT_STRATEGY;

interface Waiting {
  readonly jobId: string;
  readonly attemptNumber: number;
  readonly atMs: number;
  readonly isRetry: boolean;
}

/**
 * Everything fails for three minutes, and of those who are put off `returning` ask the next of so many processes again; the
 * others never do. Answers, for each
 * 20 s, which share of the first tries that failed is known to have; and how often the breaker was closed meanwhile.
 */
async function playOutage(processes: number, returning: number) {
  const rng = createRng([4, 3, 2, 1]);
  let nowMs = T0;
  const { fleets, compareNotes } = fleetsOnOneLedger(processes, { guardrails, clock: () => nowMs });
  for (let i = 0; i < 2; i++) await compareNotes();
  let turns = 0;
  const next = () => fleets[turns++ % processes] as Fleet;
  reportFirstTries(next(), PER_SECOND, T0);
  let waiting: Waiting[] = [];
  const ask = (jobId: string, attemptNumber: number) => {
    const features = { jobId, errorClass: 'timeout', attemptNumber };
    const admission = askFleet(next(), { features, nowMs, delayMs: 2_000, draw: rng() });
    const { kind, delayMs, askAgainMs = delayMs } = admission;
    const comesBack = kind === 'admitted' || rng() < returning;
    if (comesBack) waiting.push({ jobId, attemptNumber, atMs: nowMs + askAgainMs, isRetry: kind === 'admitted' });
  };
  const retryInVain = ({ jobId, attemptNumber }: Waiting) => {
    const failure = { success: false, errorClass: 'timeout', timestampMs: nowMs, attemptNumber: attemptNumber + 1 };
    const report = someReport({ jobId, dependency: 'erp', ...failure });
    const record: AttemptRecord = {
      report,
      isRetry: true,
      sampleRate: 1,
      recordedAtMs: nowMs,
      aggregationIntervalMs: 60_000,
    };
    next().noteReports([record], nowMs);
    ask(jobId, attemptNumber + 1);
  };
  const states: string[] = [];
  for (let step = 0; nowMs < T0 + OUTAGE_MS; step++, nowMs += STEP_MS) {
    for (let i = 0; i < (PER_SECOND * STEP_MS) / 1_000; i++) ask(`job-${step}-${i}`, 1);
    const due = waiting.filter(({ atMs }) => atMs <= nowMs);
    waiting = waiting.filter(({ atMs }) => atMs > nowMs);
    for (const job of due) {
      if (job.isRetry) retryInVain(job);
      else ask(job.jobId, job.attemptNumber);
    }
    await compareNotes();
    states.push(next().dependency('erp').breaker.state);
  }
  const knownShares: number[] = [];
  for (let fromMs = T0; fromMs + 20_000 <= nowMs; fromMs += 20_000) {
    const [from, to] = [fromMs / SLOT_MS, (fromMs + 20_000) / SLOT_MS].map(Math.floor) as [number, number];
    const known = fleets[0]?.dependency('erp').calls.sum('firstAsked', from, to) ?? 0;
    knownShares.push(known / (20 * PER_SECOND));
  }
  const opened = states.findIndex((state) => state !== 'closed');
  return { knownShares, closedAfterOpening: states.slice(opened).filter((state) => state === 'closed').length };
}

describe('first tries that fail while jobs that were put off ask again', () => {
  it('are each told from those where one process answers', async () => {
    const { knownShares, closedAfterOpening } = await playOutage(1, 1);
    expect(knownShares).toEqual(new Array(WINDOWS).fill(1));
    expect(closedAfterOpening).toBe(0);
  });

  it.each([0, 0.5, 1])(
    'are known, two of three of them or more, where three processes answer in turn and so many come back: %d; none lets go of the breaker',
    async (returning) => {
      const { knownShares, closedAfterOpening } = await playOutage(3, returning);
      expect(knownShares).toHaveLength(WINDOWS);
      for (const share of knownShares) {
        expect(share).toBeGreaterThan(2 / 3);
        expect(share).toBeLessThan(3 / 2);
      }
      expect(closedAfterOpening).toBe(0);
    },
  );
});

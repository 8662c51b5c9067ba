import { describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import type { Fleet } from '@smart-retry/engine';
import { askFleet, fleetsOnOneLedger } from './testing/fleets-on-one-ledger.js';

const OPEN_FOR_MS = 60_000;

/** A single job waits at a breaker whose time is over; each question goes to the next of three processes. Answers seconds until it is let through. */
async function secondsUntilProbed({ jobId }: { readonly jobId: string | undefined }): Promise<number> {
  let nowMs = T0;
  const { guardrails } = DEFAULT_STRATEGY;
  const { fleets, compareNotes } = fleetsOnOneLedger(3, { guardrails, clock: () => nowMs });
  const [first] = fleets as [Fleet];
  const probeAtMs = T0 + OPEN_FOR_MS;
  await compareNotes();
  first
    .dependency('erp')
    .adoptBreaker({ state: 'open', version: 1, sinceMs: T0, openForMs: OPEN_FOR_MS, probeAtMs, releasedAtMs: null });
  first.dependency('erp').breakerAt(nowMs);
  await compareNotes();
  let asksAtMs = probeAtMs;
  for (let turn = 0; nowMs < T0 + 3_600_000; nowMs += 1_000) {
    await compareNotes();
    if (nowMs < asksAtMs) continue;
    const features = { errorClass: 'timeout', jobId };
    const fleet = fleets[Math.floor(turn++ / 2) % fleets.length] as Fleet;
    const { kind, delayMs, askAgainMs = delayMs } = askFleet(fleet, { features, nowMs, delayMs: 20_000, draw: 0.5 });
    if (kind === 'admitted') return (nowMs - probeAtMs) / 1_000;
    asksAtMs = nowMs + askAgainMs;
  }
  return Number.POSITIVE_INFINITY;
}

describe('one of few jobs that wait, through three processes', () => {
  it.each(['job', undefined])(
    'finds out whether its dependency is back, whether it has an id or not: %s',
    async (jobId) => {
      expect(await secondsUntilProbed({ jobId })).toBeLessThan(120);
    },
  );
});

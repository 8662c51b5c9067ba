import { describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import { dependencyState, type Fleet } from '@smart-retry/engine';
import { askFleet, fleetsOnOneLedger, reportFirstTries } from './testing/fleets-on-one-ledger.js';

const FIRST_TRIES_PER_SECOND = 0.5;
const FAILURES = 12;

/** One process sees a breaker open under so many retries a second; another one starts then. Answers what budgets may grow to in each. */
async function openUnder(retriesPerSecond: number) {
  let nowMs = T0;
  const { guardrails } = DEFAULT_STRATEGY;
  const { fleets, join, compareNotes } = fleetsOnOneLedger(1, { guardrails, clock: () => nowMs });
  const [early] = fleets as [Fleet];
  reportFirstTries(early, FIRST_TRIES_PER_SECOND, nowMs);
  const ask = (errorClass: string) =>
    askFleet(early, { features: { errorClass, jobId: `job-${jobs++}` }, nowMs, delayMs: 1_000, draw: 0 });
  let jobs = 0;
  // Failures of jobs themselves say nothing of the dependency; their retries come all the same.
  for (let second = 0; second < 20; second++, nowMs += 1_000) {
    for (let i = 0; i < retriesPerSecond; i++) ask('validation');
  }
  for (let i = 0; i < FAILURES; i++) ask('unavailable');
  nowMs += 1_000;
  ask('unavailable');
  await compareNotes();
  nowMs += 60_000;
  const late = join();
  await compareNotes();
  await compareNotes();
  return [early, late].map((fleet) => ({
    hasOpened: dependencyState(fleet, 'erp', nowMs)?.breaker.sinceMs !== null,
    most: fleet.budgetOf(fleet.dependency('erp'), nowMs)?.budget.mostUnitsPerSecond,
  }));
}

describe('a replica that starts later', () => {
  it('knows that a dependency came down under retries', async () => {
    const asManyAsFirstTries = { hasOpened: true, most: expect.closeTo(2 * FIRST_TRIES_PER_SECOND) };
    expect(await openUnder(1)).toEqual([asManyAsFirstTries, asManyAsFirstTries]);
  });

  it('control: knows nothing of that where it did not', async () => {
    const unbounded = { hasOpened: true, most: Number.POSITIVE_INFINITY };
    expect(await openUnder(0)).toEqual([unbounded, unbounded]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { T0 } from '@smart-retry/domain/testing';
import { budgetOf } from '@smart-retry/guardrails';
import { BudgetPlaces } from './budget-places.js';
import { CallTally, slotOf, SLOT_MS } from './call-tally.js';
import { FullRun } from './full-run.js';
import { SharedSums } from './shared-sums.js';
import { ToldPlaces } from './told-places.js';

const UNITS = 2;
const REPLICAS = 3;
const place = { replicas: REPLICAS, rank: 0 };
/** 10 first tries a second and 20 %: two retries, four units. */
const budget = new BudgetPlaces(
  { scope: 'erp', isEstimated: false },
  budgetOf({
    firstTriesPerSecond: 10,
    percent: 20,
    retriesSucceededPerSecond: 0,
    retryTimeRatio: 1,
    maxGrowth: 1,
    releasedAtMs: null,
    troubledAtMs: null,
    pacePerSecond: null,
  }),
  { bookings: new SharedSums(), full: new FullRun() },
  place,
);
const FROM_MS = Math.ceil(T0 / SLOT_MS) * SLOT_MS;

describe('ToldPlaces', () => {
  /** So many jobs are told here, each with what the others are believed to tell meanwhile. */
  const tell = (calls: CallTally, jobs: number, places = () => new ToldPlaces(calls)) => {
    const kept = places();
    return Array.from({ length: jobs }, () => {
      const toldMs = kept.untoldMs({ fromMs: FROM_MS, draw: 0.5 }, { budget, place });
      calls.add('told', slotOf(toldMs), UNITS);
      return slotOf(toldMs) - slotOf(FROM_MS);
    });
  };

  it('tells one after the other, as many as the budget holds beside what the other processes tell', () => {
    const bySlot = [0, 0, 0, 0];
    for (const slot of tell(new CallTally(), 12)) bySlot[slot] = (bySlot[slot] ?? 0) + 1;
    // 20 units in 5 s, of which each of three processes tells a third.
    expect(bySlot).toEqual([4, 3, 3, 2]);
  });

  it('remembers on its way what somebody finds who begins anew each time', () => {
    const calls = new CallTally();
    const anew = Array.from({ length: 100 }, () => tell(calls, 1)[0]);
    expect(tell(new CallTally(), 100)).toEqual(anew);
  });

  it('begins anew after an exchange, in which others may have told less', () => {
    const calls = new CallTally();
    const places = new ToldPlaces(calls);
    tell(calls, 40, () => places);
    const sent = calls.sums.unshared();
    const before = tell(calls, 1, () => places)[0] ?? 0;
    calls.sums.adopt(sent, sent);
    expect(tell(calls, 1, () => places)[0]).toBeLessThan(before);
  });

  it('tells nobody to come later than in an hour', () => {
    const calls = new CallTally();
    for (let slot = slotOf(FROM_MS); slot < slotOf(FROM_MS) + 1_000; slot++) calls.add('told', slot, 100);
    const toldMs = new ToldPlaces(calls).untoldMs({ fromMs: FROM_MS, draw: 0 }, { budget, place });
    expect(toldMs - FROM_MS).toBe(3_600_000);
  });

  it('spreads those evenly who come without a place, as long as not too many do', () => {
    const calls = new CallTally();
    const places = new ToldPlaces(calls);
    const told = [0.1, 0.1, 0.1, 0.9, 0.5, 0.5, 0.9].map((draw) => {
      const most = { mostUnitsPerSecond: 0.6, place: { replicas: 1, rank: 0 } };
      const toldMs = places.untoldBetween({ fromMs: FROM_MS, toMs: FROM_MS + 3 * SLOT_MS, draw }, most);
      if (toldMs !== null) calls.add('told', slotOf(toldMs), UNITS);
      return toldMs === null ? null : slotOf(toldMs) - slotOf(FROM_MS);
    });
    expect(told).toEqual([0, 0, 1, 2, 1, 2, null]);
  });
});

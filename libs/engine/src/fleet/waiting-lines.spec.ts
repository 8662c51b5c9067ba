import { describe, expect, it } from '@jest/globals';
import { T0 } from '@smart-retry/domain/testing';
import { SLOT_MS, slotOf } from './call-tally.js';
import { NO_TENANT } from './tenant-groups.js';
import { WaitingLines, type Pace } from './waiting-lines.js';

const UNITS = 2;
const place = { replicas: 3, rank: 0 };
const pace: Pace = { unitsPerSecond: () => 4, terms: [] };
const FROM_MS = Math.ceil(T0 / SLOT_MS) * SLOT_MS;

describe('WaitingLines', () => {
  /** So many jobs are told here, each with what the others are believed to tell meanwhile. */
  const tell = (lines: WaitingLines, jobs: number, { group = NO_TENANT, anew = false } = {}) =>
    Array.from({ length: jobs }, () => {
      // Whoever begins anew knows the sums alone.
      const asked = anew ? new WaitingLines() : lines;
      if (anew) asked.sums.adopt(new Map(), new Map());
      if (anew) for (const [key, amount] of lines.sums.unshared()) asked.sums.add(key, amount);
      const toldMs = asked.untoldMs(group, { fromMs: FROM_MS, draw: 0.5 }, { pace, place });
      lines.noteTold(group, toldMs, UNITS);
      return slotOf(toldMs) - slotOf(FROM_MS);
    });

  it('tells one after the other, as many as its pace allows beside what the other processes tell', () => {
    const bySlot = [0, 0, 0, 0];
    for (const slot of tell(new WaitingLines(), 12)) bySlot[slot] = (bySlot[slot] ?? 0) + 1;
    // 20 units in 5 s, of which each of three processes tells a third.
    expect(bySlot).toEqual([4, 3, 3, 2]);
  });

  it('remembers on its way what somebody finds who begins anew each time', () => {
    const anew = tell(new WaitingLines(), 100, { anew: true });
    expect(tell(new WaitingLines(), 100)).toEqual(anew);
  });

  it('begins anew after an exchange, in which others may have told less', () => {
    const lines = new WaitingLines();
    tell(lines, 40);
    const sent = lines.sums.unshared();
    const before = tell(lines, 1)[0] ?? 0;
    lines.sums.adopt(sent, sent);
    expect(tell(lines, 1)[0]).toBeLessThan(before);
  });

  it('begins anew at another pace', () => {
    const lines = new WaitingLines();
    tell(lines, 40);
    const ask = (at: Pace) => lines.untoldMs(NO_TENANT, { fromMs: FROM_MS, draw: 0.5 }, { pace: at, place });
    expect(ask({ unitsPerSecond: () => 40, terms: ['ten times as fast'] })).toBeLessThan(ask(pace));
  });

  it('tells nobody to come later than in an hour', () => {
    const lines = new WaitingLines();
    for (let slot = 0; slot < 1_000; slot++) lines.noteTold(NO_TENANT, FROM_MS + slot * SLOT_MS, 100);
    expect(lines.untoldMs(NO_TENANT, { fromMs: FROM_MS, draw: 0 }, { pace, place }) - FROM_MS).toBe(3_600_000);
  });

  it('has a line for each group: nobody waits behind another', () => {
    const lines = new WaitingLines();
    tell(lines, 100, { group: 7 });
    for (let job = 0; job < 100; job++) lines.noteAsking(7, FROM_MS + 10_000);
    expect(lines.waitingAt(7, FROM_MS)).toBe(100);
    expect(lines.waitingAt(8, FROM_MS)).toBe(0);
    expect(tell(lines, 1, { group: 8 })).toEqual([0]);
  });

  it('counts nobody as waiting who was to ask before, or only in more than a minute', () => {
    const lines = new WaitingLines();
    for (const afterMs of [-SLOT_MS, 0, 60_000, 80_000]) lines.noteAsking(NO_TENANT, FROM_MS + afterMs);
    expect(lines.waitingAt(NO_TENANT, FROM_MS)).toBe(2);
  });

  it('has forgotten what lies before its first key', () => {
    const lines = new WaitingLines();
    lines.noteAsking(255, FROM_MS - 1);
    lines.noteTold(255, FROM_MS - 1, UNITS);
    lines.noteAsking(NO_TENANT, FROM_MS);
    lines.sums.forgetBefore(lines.firstKey(FROM_MS));
    expect(lines.sums.keys().size).toBe(1);
  });
});

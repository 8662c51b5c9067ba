import { describe, expect, it } from '@jest/globals';
import { CONTROLS } from './controls.mjs';
import { checkInvariants } from './invariants.mjs';
import { createLinkLog } from './link-log.mjs';
import { createObservations } from './observations.mjs';
import { FAULT_KINDS, planSchedule } from './schedule.mjs';

const SEEDS = Array.from({ length: 200 }, (_, i) => i + 1);

describe('schedules of the drill', () => {
  it('are the same for the same seed, and have at least three different faults and two stops', () => {
    for (const seed of SEEDS) {
      const { faults, stopsAtShare } = planSchedule(seed);
      expect(planSchedule(seed)).toEqual({ seed, faults, stopsAtShare });
      expect(new Set(faults.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(3);
      const shares = faults.map(({ atShare }) => atShare);
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      expect(Math.max(...shares, ...stopsAtShare)).toBeLessThan(1);
      expect(stopsAtShare).toHaveLength(2);
    }
  });

  it('have every kind of fault among the first five', () => {
    const kinds = SEEDS.slice(0, 5).flatMap((seed) => planSchedule(seed).faults.map(({ kind }) => kind));
    expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
  });
});

describe('what the drill checks', () => {
  it('has a control for each invariant', () => {
    const observations = createObservations({ replicas: [] });
    const books = {
      stored: new Map(),
      models: [],
      changes: [],
      retries: 0,
      rolledUpRetries: 0,
      decisionIds: new Set(),
      ledger: { problem: null, intactEntries: 0 },
    };
    const invariants = checkInvariants({ schedule: planSchedule(1), observations, books, links: createLinkLog() });
    expect(invariants.map(({ name }) => name).sort()).toEqual(CONTROLS.map(({ invariant }) => invariant).sort());
  });
});

import { describe, expect, it } from '@jest/globals';
import { uniform } from '../random.js';
import { createRecoveryChance } from './recovery-curve.js';

/** Outages of 10 to 30 s, rare enough that another one is seldom met. */
const chance = createRecoveryChance({
  meanGapMs: 100_000_000,
  meanLengthMs: 20_000,
  drawLengthMs: (rng) => uniform(rng, 10_000, 30_000),
  blipShare: 0.1,
});

describe('createRecoveryChance', () => {
  it('is that of no blip where the dependency was up', () => {
    expect(chance(null, 0)).toBeCloseTo(0.9, 2);
    expect(chance(null, 20_000)).toBeCloseTo(0.9, 2);
  });

  it('follows the lengths of those outages that last as long already', () => {
    // Of outages that have just begun half are over after 20 s; of those of 20 s, half after 25 s.
    expect(chance(0, 9_000)).toBe(0);
    expect(chance(0, 20_000)).toBeCloseTo(0.45, 2);
    expect(chance(20_000, 5_000)).toBeCloseTo(0.45, 2);
    expect(chance(20_000, 10_001)).toBeCloseTo(0.9, 2);
  });

  it('never falls with the wait where no other outage follows soon', () => {
    const delaysMs = Array.from({ length: 40 }, (_, i) => 1_000 * i);
    const chances = delaysMs.map((delayMs) => chance(5_000, delayMs));
    for (let i = 1; i < chances.length; i++) expect(chances[i]).toBeGreaterThanOrEqual((chances[i - 1] ?? 0) - 1e-3);
  });
});

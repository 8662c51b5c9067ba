import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { judgeGrowth } from './judge.mjs';

const SAMPLES = 120;
const EVERY_MS = 30_000;

describe('judgeGrowth', () => {
  const rng = createRng([1, 2, 3, 4]);
  const series = (valueAt: (n: number) => number) =>
    Array.from({ length: SAMPLES }, (_, n) => ({ atMs: n * EVERY_MS, value: valueAt(n) + rng() }));

  it('calls noise flat', () => {
    expect(
      judgeGrowth(
        series(() => 100),
        { mayGrow: 0.05 },
      ).verdict,
    ).toBe('flat');
  });

  it('sees a leak, and what it comes to in an hour', () => {
    const judged = judgeGrowth(
      series((n) => 100 + n),
      { mayGrow: 0.05 },
    );
    expect(judged.verdict).toBe('grows');
    expect(judged.perHour).toBeCloseTo(120, -1);
  });

  it('leaves out what fills up at the beginning', () => {
    expect(
      judgeGrowth(
        series((n) => Math.min(100, 6 * n)),
        { mayGrow: 0.05 },
      ).verdict,
    ).toBe('flat');
  });

  it('does not decide where the noise is too large', () => {
    expect(
      judgeGrowth(
        series((n) => (n % 31 === 0 ? 500 : 1)),
        { mayGrow: 0.05 },
      ).verdict,
    ).toBe('undecided');
  });

  it('wants five samples in a third', () => {
    expect(judgeGrowth(series(() => 1).slice(0, 15), { mayGrow: 0.05 }).verdict).toBe('too short');
  });
});

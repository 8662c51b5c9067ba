import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BIN_COUNT } from './delay-grid.js';
import { EvidenceCell } from './evidence-cell.js';
import { FAST, HALF_LIVES_MS, momentOf, SLOW, type Speed } from './moment.js';
import { T0 } from './testing/builders.js';

interface Outcome {
  readonly bin: number;
  readonly success: boolean;
  readonly weight: number;
  readonly atMs: number;
}

const fill = (outcomes: readonly Outcome[], createdAtMs = T0) => {
  const cell = new EvidenceCell(momentOf(createdAtMs));
  for (const outcome of outcomes) cell.add(outcome, outcome.weight, momentOf(outcome.atMs));
  return cell;
};

/** What the cell holds as of `nowMs`: successes by bin, then failures. */
const read = (cell: EvidenceCell, speed: Speed, nowMs: number) => {
  const factor = cell.factorAt(speed, momentOf(nowMs));
  const bins = Array.from({ length: BIN_COUNT }, (_, bin) => bin);
  return [
    ...bins.map((bin) => factor * cell.successesOf(speed, bin)),
    ...bins.map((bin) => factor * cell.failuresOf(speed, bin)),
  ];
};

/** The obvious way: every outcome weighs `2^(−age / H)`. */
const sumUp = (outcomes: readonly Outcome[], speed: Speed, nowMs: number) => {
  const sums = new Array<number>(2 * BIN_COUNT).fill(0);
  for (const { bin, success, weight, atMs } of outcomes) {
    const place = success ? bin : BIN_COUNT + bin;
    sums[place] = (sums[place] ?? 0) + weight * 2 ** (-(nowMs - atMs) / HALF_LIVES_MS[speed]);
  }
  return sums;
};

const expectClose = (found: readonly number[], wanted: readonly number[]) => {
  found.forEach((value, i) => {
    const expected = wanted[i] ?? Number.NaN;
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
  });
};

const outcomesOver = (spanMs: number) =>
  fc.array(
    fc.record({
      bin: fc.nat(BIN_COUNT - 1),
      success: fc.boolean(),
      weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
      atMs: fc.integer({ min: T0, max: T0 + spanMs }),
    }),
    { maxLength: 30 },
  );
const DAY_MS = 86_400_000;

describe('EvidenceCell', () => {
  it.each([FAST, SLOW])('holds the decayed sum of outcomes, whatever their order (memory %d)', (speed) => {
    fc.assert(
      fc.property(outcomesOver(3 * DAY_MS), fc.nat(3 * DAY_MS), (outcomes, laterMs) => {
        const nowMs = T0 + 3 * DAY_MS + laterMs;
        expectClose(read(fill(outcomes), speed, nowMs), sumUp(outcomes, speed, nowMs));
        expectClose(read(fill(outcomes.toReversed()), speed, nowMs), sumUp(outcomes, speed, nowMs));
      }),
    );
  });

  it('holds it also after so many half-lives that sums have to be scaled down', () => {
    const spanMs = 3_000 * HALF_LIVES_MS[FAST];
    fc.assert(
      fc.property(outcomesOver(spanMs), (outcomes) => {
        const nowMs = T0 + spanMs;
        for (const speed of [FAST, SLOW] as const) {
          const found = read(fill(outcomes), speed, nowMs);
          expect(found.every(Number.isFinite)).toBe(true);
          expectClose(found, sumUp(outcomes, speed, nowMs));
        }
      }),
    );
    const farMs = T0 + 2_000 * HALF_LIVES_MS[SLOW];
    const last = { bin: 3, success: true, weight: 1, atMs: farMs };
    expect(read(fill([{ ...last, atMs: T0 }, last]), SLOW, farMs)[3]).toBeCloseTo(1, 12);
  });

  it('lets a late report weigh what it would weigh now, had it come in time', () => {
    for (const speed of [FAST, SLOW] as const) {
      for (const halfLives of [0.5, 1, 3]) {
        const late = { bin: 0, success: true, weight: 1, atMs: T0 - halfLives * HALF_LIVES_MS[speed] };
        expect(read(fill([late]), speed, T0)[0]).toBeCloseTo(2 ** -halfLives, 12);
      }
    }
  });

  it('knows the sum of all its evidence in the slow memory', () => {
    fc.assert(
      fc.property(outcomesOver(30 * DAY_MS), (outcomes) => {
        const nowMs = T0 + 30 * DAY_MS;
        const sum = sumUp(outcomes, SLOW, nowMs).reduce((total, n) => total + n, 0);
        expect(fill(outcomes).totalAt(momentOf(nowMs))).toBeCloseTo(sum, 9);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CarryingOn, type ChancesOf } from './carrying-on.js';
import { BIN_COUNT } from './delay-grid.js';
import { AGED_SHARES, KNOWN_AGE_GROUPS } from './incident-age.js';
import { someQuestion } from './testing/builders.js';
import { valueOf, valueTermsOf } from './value.js';

const { bounds: BOUNDS, objective: OBJECTIVE } = someQuestion();
const TERMS = valueTermsOf(OBJECTIVE, BOUNDS);

/** Chances that differ from state to state, without a pattern, 0–1. */
const chancesFrom =
  (seed: number): ChancesOf =>
  (attemptNumber, ageGroup) =>
    Array.from({ length: BIN_COUNT }, (_, bin) => {
      const x = Math.sin(seed + 12.9898 * attemptNumber + 78.233 * ageGroup + 37.719 * bin) * 43_758.5453;
      return (x - Math.floor(x)) ** 3;
    });

/** The recursion as it is written down: `V(n, a) = max(0, max_d Q)`, 0 after the last attempt. */
const slowly = (chancesOf: ChancesOf, maxAttempts: number, continuation: number) => {
  const known = new Map<string, number>();
  const ages = Array.from({ length: KNOWN_AGE_GROUPS }, (_, age) => age);
  const goingOn = (n: number, age: number, bin: number): number =>
    ages.reduce((sum, then) => {
      const share = AGED_SHARES[(age * BIN_COUNT + bin) * KNOWN_AGE_GROUPS + then] ?? 0;
      return sum + (share === 0 ? 0 : share * value(n, then));
    }, 0);
  const afterWait = (n: number, age: number, bin: number): number =>
    n + 1 > maxAttempts ? 0 : continuation * goingOn(n + 1, age, bin) + (1 - continuation) * value(n + 1, 0);
  const value = (n: number, age: number): number => {
    if (n >= maxAttempts) return 0;
    const key = `${n},${age}`;
    let found = known.get(key);
    if (found === undefined) {
      const chances = chancesOf(n, age);
      found = Math.max(0, ...Array.from(chances, (chance, bin) => valueOf(TERMS, bin, chance, afterWait(n, age, bin))));
      known.set(key, found);
    }
    return found;
  };
  return afterWait;
};

describe('CarryingOn', () => {
  it('is the recursion from the last attempt backwards', () => {
    const question = fc.tuple(
      fc.nat(1_000),
      fc.integer({ min: 1, max: 20 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(8),
    );
    fc.assert(
      fc.property(question, ([seed, maxAttempts, continuation, attemptNumber, ageGroup]) => {
        const chancesOf = chancesFrom(seed);
        const found = new CarryingOn(chancesOf, TERMS, { maxAttempts }, continuation).afterWaits(
          attemptNumber,
          ageGroup,
        );
        const wanted = slowly(chancesOf, maxAttempts, continuation);
        for (let bin = 0; bin < BIN_COUNT; bin++) {
          expect(found[bin]).toBeCloseTo(wanted(attemptNumber, ageGroup, bin), 9);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is worth nothing after the last attempt, and never less than nothing', () => {
    const carryingOn = new CarryingOn(chancesFrom(1), TERMS, { maxAttempts: 3 }, 0.8);
    expect([...carryingOn.afterWaits(2, 0), ...carryingOn.afterWaits(7, 0)].every((value) => value === 0)).toBe(true);
    expect(carryingOn.afterWaits(1, 0).every((value) => value >= 0)).toBe(true);
  });

  it('does not make waiting short look free: what an old incident says of short waits holds after them', () => {
    // Only an incident that is old enough is over, however short the last wait was.
    const lasting: ChancesOf = (_, ageGroup) => new Array<number>(BIN_COUNT).fill(ageGroup >= 3 ? 0.9 : 0);
    const aged = new CarryingOn(lasting, TERMS, { maxAttempts: 3 }, 1).afterWaits(1, 0);
    expect(aged[BIN_COUNT - 6]).toBeGreaterThan((aged[0] ?? 0) + 0.5);
    // Without the age in the state, the shortest wait promises as much as the longest.
    const ageless: ChancesOf = () => new Array<number>(BIN_COUNT).fill(0.5);
    const same = new CarryingOn(ageless, TERMS, { maxAttempts: 5 }, 1).afterWaits(1, 0);
    expect(same[BIN_COUNT - 6]).toBeCloseTo(same[0] ?? 0, 9);
  });

  it('counts on an old incident to end though no single wait leads from its age group to the next', () => {
    // Nothing succeeds before an incident is as old as it gets; five minutes are the longest wait.
    const late: ChancesOf = (_, ageGroup) =>
      new Array<number>(BIN_COUNT).fill(ageGroup === KNOWN_AGE_GROUPS - 1 ? 0.9 : 0);
    const worth = new CarryingOn(late, TERMS, { maxAttempts: 12 }, 1).afterWaits(1, KNOWN_AGE_GROUPS - 2);
    expect(Math.max(...worth)).toBeGreaterThan(0.1);
  });

  it('converges: beyond its horizon more attempts change next to nothing', () => {
    const [few, many] = [40, 1_000].map(
      (maxAttempts) => new CarryingOn(chancesFrom(2), TERMS, { maxAttempts }, 0.8).afterWaits(1, 0)[0] ?? 0,
    );
    expect(Math.abs((few ?? 0) - (many ?? 1))).toBeLessThan(0.02);
  });
});

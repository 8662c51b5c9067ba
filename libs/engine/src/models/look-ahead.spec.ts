import { describe, expect, it } from '@jest/globals';
import { T0 } from '@smart-retry/domain/testing';
import type { ModelContext } from '@smart-retry/ml';
import { loadModel } from '@smart-retry/ml';
import { sha256Hex } from '../digest.js';
import { handMadeModel } from '../testing/hand-made-model.js';
import type { CandidateDelay } from './candidate-delays.js';
import { createExplainer } from './explain-model.js';
import { foreseeLater, type Remaining } from './look-ahead.js';
import { rankDelays } from './rank-delays.js';
import type { LoadedModel } from './serving-models.js';

const HALF_LIFE_MS = 1_800_000;
const FAILURE: ModelContext = {
  jobType: 'email_send',
  errorClass: 'timeout',
  attemptNumber: 1,
  failedAtMs: T0,
  incidentAgeMs: 0,
};
const REMAINING: Remaining = { maxAttempts: 10, valueHalfLifeMs: HALF_LIFE_MS, untilMs: Infinity };
const discount = (ms: number) => 2 ** (-ms / HALF_LIFE_MS);

const CANDIDATES = [1_000, 60_000, 300_000].map((delayMs): CandidateDelay => ({
  delayMs,
  gain: discount(delayMs),
  cost: 0.03 * discount(delayMs),
  later: 0,
  byBayesian: 0,
}));

/** Knows a law exactly. */
function knowing(law: (context: ModelContext, delayMs: number) => number): LoadedModel {
  const { description, artifact } = handMadeModel({ metrics: { ece: 0 } });
  const scoring = loadModel(artifact, { sha256: sha256Hex });
  const scoreDelays: typeof scoring.scoreDelays = (context, delaysMs, out) => {
    for (let i = 0; i < delaysMs.length; i++) out[i] = law(context, delaysMs[i] ?? 0);
  };
  return { description, scoring: { ...scoring, scoreDelays }, explain: createExplainer(scoring) };
}

/** Nothing succeeds before the dependency has been failing for so long, everything afterwards. */
const endingAfter = (endMs: number) =>
  knowing(({ incidentAgeMs = 0 }, delayMs) => (incidentAgeMs + delayMs >= endMs ? 1 : 0));

function later(model: LoadedModel, changes: Partial<Remaining> = {}, context = FAILURE) {
  const chances = Float64Array.from(CANDIDATES, () => 0);
  return foreseeLater(model, context, { candidates: CANDIDATES, chances }, { ...REMAINING, ...changes });
}

describe('foreseeLater', () => {
  it('knows what an outage leaves that three of the longest waits outlast', () => {
    const [, , afterLongest] = later(endingAfter(900_000)) ?? [];
    const lastTry = discount(300_000) * (1 - 0.03);
    expect(afterLongest).toBeCloseTo(discount(300_000) * (lastTry - 0.03), 12);
  });

  it('takes a shorter wait where that is enough', () => {
    const [, , afterLongest] = later(endingAfter(360_000)) ?? [];
    expect(afterLongest).toBeCloseTo(discount(60_000) * (1 - 0.03), 12);
  });

  it('counts on no more attempts than are allowed, and on none after the deadline', () => {
    expect(later(endingAfter(900_000), { maxAttempts: 4 })?.[2]).toBeGreaterThan(0);
    expect(later(endingAfter(900_000), { maxAttempts: 3 })?.[2]).toBe(0);
    expect(later(endingAfter(900_000), { untilMs: 900_000 })?.[2]).toBeGreaterThan(0);
    expect(later(endingAfter(900_000), { untilMs: 899_999 })?.[2]).toBe(0);
  });

  it('is nothing where nothing ever succeeds', () => {
    expect(later(knowing(() => 0))).toEqual([0, 0, 0]);
  });

  it('is worth less after a shorter wait, which leaves as long to wait', () => {
    const [afterFirst = 0, afterSecond = 0, afterLongest = 0] = later(endingAfter(900_000)) ?? [];
    expect(afterFirst).toBeLessThan(afterSecond);
    expect(afterFirst).toBeCloseTo(afterLongest * discount(299_000), 12);
  });

  it('moves the hour that a worker has told by the minutes that pass', () => {
    const hours: (number | undefined)[] = [];
    const model = knowing(({ timeOfDay }) => {
      hours.push(timeOfDay);
      return 0;
    });
    const failedAtMs = Date.parse('2026-03-01T23:50:00Z');
    later(model, { maxAttempts: 4 }, { ...FAILURE, failedAtMs, timeOfDay: 23 });
    expect([...new Set(hours)].sort()).toEqual([0, 23]);
  });

  it('is unknown where the model gives no number', () => {
    expect(later(knowing(() => Number.NaN))).toBeNull();
  });

  it('is not asked where a candidate is good already', () => {
    const chances = Float64Array.of(0.1, 0.6, 0.2);
    expect(
      foreseeLater(
        knowing(() => 1),
        FAILURE,
        { candidates: CANDIDATES, chances },
        REMAINING,
      ),
    ).toBeNull();
  });
});

describe('a ranking', () => {
  const bestOf = (remaining: Remaining) => rankDelays(endingAfter(900_000), FAILURE, CANDIDATES, remaining)?.best;

  it('waits for the end of an outage that is further away than any delay', () => {
    expect(bestOf(REMAINING)).toBe(2);
  });

  it('stops where there are too few attempts to get there', () => {
    expect(bestOf({ ...REMAINING, maxAttempts: 3 })).toBe(-1);
  });
});

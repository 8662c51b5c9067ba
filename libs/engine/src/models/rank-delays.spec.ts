import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ModelContext } from '@smart-retry/ml';
import { loadModel } from '@smart-retry/ml';
import { sha256Hex } from '../digest.js';
import { handMadeModel } from '../testing/hand-made-model.js';
import type { CandidateDelay } from './candidate-delays.js';
import { createExplainer } from './explain-model.js';
import { rankDelays } from './rank-delays.js';
import type { LoadedModel } from './serving-models.js';

const HALF_LIFE_MS = 1_800_000;
const ATTEMPT_COST = 0.03;
const DELAYS_MS = [1_000, 60_000, 300_000];
const FAILURE: ModelContext = { jobType: 'email_send', errorClass: 'timeout', attemptNumber: 1 };
/** One more attempt: the model foresees nothing of its own. */
const REMAINING = { maxAttempts: 2, valueHalfLifeMs: HALF_LIFE_MS, untilMs: Infinity };

/** Candidates after each of which the Bayesian layer expects this much of later. */
function candidates(laters: readonly number[], halfLifeMs = HALF_LIFE_MS): readonly CandidateDelay[] {
  return DELAYS_MS.map((delayMs, i) => {
    const gain = 2 ** (-delayMs / halfLifeMs);
    return { delayMs, gain, cost: ATTEMPT_COST * gain, later: laters[i] ?? 0, byBayesian: 0.5 };
  });
}

function modelThatExpects(chances: readonly number[]): LoadedModel {
  const { description, artifact } = handMadeModel();
  const scoring = loadModel(artifact, { sha256: sha256Hex });
  const scoreDelays: typeof scoring.scoreDelays = (_context, _delaysMs, out) => out.set(chances);
  return { description, scoring: { ...scoring, scoreDelays }, explain: createExplainer(scoring) };
}

function rank(chances: readonly number[], laters: readonly number[], halfLifeMs?: number) {
  const ranking = rankDelays(modelThatExpects(chances), FAILURE, candidates(laters, halfLifeMs), REMAINING);
  if (ranking === null) throw new TypeError('the model gave no number');
  return ranking;
}

describe('rankDelays', () => {
  it('does not try at once in vain because much is hoped of later: waiting longer leaves it as well', () => {
    // Hoped of later alone: 0.9 · 0.98 − 0.03 is more than 0.89 · (0.3 + 0.7 · 0.6) − 0.03.
    expect(rank([0.02, 0.02, 0.3], [0.9, 0.9, 0.6]).best).toBe(2);
    expect(rank([0.2, 0.02, 0.3], [0.9, 0.9, 0.6]).best).toBe(0);
  });

  it('takes what the Bayesian layer expects after the longest wait, and after others where it is less', () => {
    const { delays } = rank([0.1, 0.2, 0.3], [0.1, 0.2, 0.4]);
    candidates([0.1, 0.2, 0.4]).forEach(({ gain, cost, later }, i) => {
      const chance = [0.1, 0.2, 0.3][i] ?? 0;
      expect(delays[i]?.value).toBeCloseTo(gain * (chance + (1 - chance) * later) - cost, 12);
    });
  });

  it('retries sooner only where the chance pays for the attempt, whatever is hoped of later', () => {
    const three = () => fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(three(), three(), (chances, laters) => {
        const { delays, best } = rank(chances, laters);
        if (best === -1 || best === delays.length - 1) return;
        const { gain = 0, cost = 0 } = candidates(laters)[best] ?? {};
        const longerIsWorth = Math.max(0, ...delays.slice(best + 1).map(({ value }) => value));
        expect((chances[best] ?? 0) * (gain - longerIsWorth)).toBeGreaterThanOrEqual(cost - 1e-12);
      }),
    );
  });

  it('values what is worth nothing so late that its share is 0 in floating point', () => {
    const { delays, best } = rank([0.6, 0.6, 0.6], [0.5, 0.5, 0.5], 100);
    expect(2 ** (-300_000 / 100)).toBe(0);
    expect(delays.map(({ value }) => Number.isFinite(value))).toEqual([true, true, true]);
    expect(best).toBe(0);
  });

  it('is in the order of the candidates', () => {
    const { delays, forecasts } = rank([0.1, 0.2, 0.3], [0, 0, 0]);
    expect(delays.map(({ delayMs }) => delayMs)).toEqual(DELAYS_MS);
    expect(forecasts.map(([delayMs, byModel]) => [delayMs, byModel])).toEqual([
      [1_000, 0.1],
      [60_000, 0.2],
      [300_000, 0.3],
    ]);
  });
});

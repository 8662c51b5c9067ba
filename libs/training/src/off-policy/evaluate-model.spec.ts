import { describe, expect, it } from '@jest/globals';
import { createRng, DEFAULT_OBJECTIVE, type TaughtRetry } from '@smart-retry/domain';
import type { ScoringModel } from '@smart-retry/ml';
import { evaluateModel } from './evaluate-model.js';

const SHORT_MS = 2_000;
const LONG_MS = 20_000;

/** A log that waits short or long by a coin, where long waits succeed more often. */
function playLog(jobs: number, claim: number): TaughtRetry[] {
  const rng = createRng([5, 6, 7, 8]);
  return Array.from({ length: jobs }, (_, job) => {
    const isLong = rng() < 0.5;
    return {
      jobId: String(job),
      source: 'recommendation',
      context: { jobType: 'email', errorClass: 'timeout', attemptNumber: 1, failedAtMs: job },
      delayMs: isLong ? LONG_MS : SHORT_MS,
      success: rng() < (isLong ? 0.9 : 0.3),
      atMs: job + 1,
      propensity: claim,
    };
  });
}

function modelThatBelieves(chanceOf: (delayMs: number) => number): Pick<ScoringModel, 'scoreDelays'> {
  return {
    scoreDelays: (_context, delaysMs, out) => {
      for (let i = 0; i < delaysMs.length; i++) out[i] = chanceOf(delaysMs[i] ?? 0);
    },
  };
}

describe('evaluateModel', () => {
  const knows = modelThatBelieves((delayMs) => (delayMs === LONG_MS ? 0.9 : 0.3));

  it('finds what a model that knows better would have won', () => {
    const { verdict, evaluation } = evaluateModel(knows, playLog(4_000, 0.5), DEFAULT_OBJECTIVE);
    expect(verdict).toBe('better');
    // g(20 s)·(0.9 − 0.03) = 0.863
    expect(evaluation?.doublyRobust.value).toBeCloseTo(0.863, 1);
  });

  it('finds what a model that is wrong would have lost', () => {
    const isWrong = modelThatBelieves((delayMs) => (delayMs === LONG_MS ? 0.3 : 0.9));
    expect(evaluateModel(isWrong, playLog(4_000, 0.5), DEFAULT_OBJECTIVE).verdict).toBe('worse');
  });

  it('does not speak where nobody says with which probability decisions were made', () => {
    const silent = playLog(4_000, 0.5).map(({ propensity: _unsaid, ...row }) => row);
    expect(evaluateModel(knows, silent, DEFAULT_OBJECTIVE)).toMatchObject({ verdict: 'cannot_tell', evaluation: null });
  });
});

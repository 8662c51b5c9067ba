import { describe, expect, it } from '@jest/globals';
import type { DecisionRecord, Forecast, Trial } from '@smart-retry/domain';
import { someFeatures, someReport, T0 } from '@smart-retry/domain/testing';
import { answerTerminalStops } from '../answers.js';
import { ModelContest } from './model-contest.js';

const FAILURE = { jobType: 'email_send', errorClass: 'timeout' };

function decision(recommendationId: string, trial: Trial, delayMs = 5_500): DecisionRecord {
  const frame = { policy: null, guardrailMaxAttempts: 5, learnedMaxAttempts: 5, nowMs: T0 };
  const recommendation = { ...answerTerminalStops([], frame), shouldRetry: true, delayMs };
  return {
    recommendationId,
    decidedAtMs: T0,
    features: someFeatures(FAILURE),
    recommendation,
    evidence: { layers: [{ kind: 'abstention', layer: 'ml', reason: 'ml_unsure', trial }], configurationRevision: 1 },
    rngSeed: [1, 2, 3, 4],
  };
}

/** Retries of which the model and the Bayesian layer expected this much, and that all succeeded, or all failed. */
function play(forecast: Forecast, { success = true, outcomes = 50, arm = 'v1' } = {}): ModelContest {
  const contest = new ModelContest({ maxPending: 1_000, maxKinds: 100 });
  for (let i = 0; i < outcomes; i++) settle(contest, `r${i}`, { arm, forecasts: [forecast] }, { success });
  return contest;
}

function settle(
  contest: ModelContest,
  recommendationId: string,
  trial: Trial,
  { success }: { readonly success: boolean },
): void {
  contest.noteDecision(decision(recommendationId, trial));
  const link = { source: 'job' as const, errorClass: 'timeout', failedAttemptNumber: 1, recommendationId };
  contest.noteOutcome({ report: someReport({ success }), link });
}

describe('ModelContest', () => {
  it('silences a model that expects what happens worse than the Bayesian layer', () => {
    expect(play([5_000, 0.2, 0.9]).isBeaten('v1', FAILURE)).toBe(true);
    expect(play([5_000, 0.2, 0.9], { success: false }).isBeaten('v1', FAILURE)).toBe(false);
    expect(play([5_000, 0.9, 0.2]).isBeaten('v1', FAILURE)).toBe(false);
    expect(play([5_000, 0.5, 0.5]).isBeaten('v1', FAILURE)).toBe(false);
  });

  it('silences it for the kind of failure that it knows less of, and nowhere else', () => {
    const contest = play([5_000, 0.2, 0.9]);
    expect(contest.isBeaten('v1', { ...FAILURE, errorClass: '503' })).toBe(false);
    expect(contest.isBeaten('v1', { ...FAILURE, errorCode: 'E_OTHER' })).toBe(false);
    expect(contest.isBeaten('v1', { jobType: 'other', errorClass: 'timeout' })).toBe(false);
  });

  it('takes a new version for as good as the ones before it, until it has enough outcomes of its own', () => {
    const contest = play([5_000, 0.2, 0.9]);
    expect(contest.isBeaten('v2', FAILURE)).toBe(true);
    expect(contest.standingOf('v2').outcomes).toBe(0);
    for (let i = 0; i < 25; i++)
      settle(contest, `n${i}`, { arm: 'v2', forecasts: [[5_000, 0.9, 0.8]] }, { success: true });
    expect(contest.isBeaten('v2', FAILURE)).toBe(false);
    expect(contest.isBeaten('v1', FAILURE)).toBe(true);
  });

  it('says nothing before it has seen twenty outcomes', () => {
    expect(play([5_000, 0.2, 0.9], { outcomes: 19 }).isBeaten('v1', FAILURE)).toBe(false);
  });

  it('lets a model speak again once it knows better', () => {
    const contest = play([5_000, 0.2, 0.9]);
    for (let i = 0; i < 200; i++)
      settle(contest, `s${i}`, { arm: 'v1', forecasts: [[5_000, 0.9, 0.2]] }, { success: true });
    expect(contest.isBeaten('v1', FAILURE)).toBe(false);
  });

  it('judges a shadow as it would judge what serves', () => {
    const contest = new ModelContest({ maxPending: 10, maxKinds: 10 });
    const shadow = { modelVersion: 's', delayMs: 5_000, forecasts: [[5_000, 0.1, 0.9]] as const };
    for (let i = 0; i < 30; i++)
      settle(contest, `r${i}`, { arm: 'bayesian', forecasts: [], shadow }, { success: true });
    expect(contest.isBeaten('s', FAILURE)).toBe(true);
    expect(contest.standingOf('s').advantage).toBeLessThan(-1);
    expect(contest.standingOf('bayesian')).toEqual({ outcomes: 0, advantage: 0 });
  });

  it('counts the forecast of the delay that was advised, and nothing where the Bayesian layer had none', () => {
    const contest = new ModelContest({ maxPending: 10, maxKinds: 10 });
    const forecasts: Forecast[] = [
      [500, 0.01, 0.99],
      [6_000, 0.99, 0.01],
    ];
    for (let i = 0; i < 30; i++) settle(contest, `r${i}`, { arm: 'v1', forecasts }, { success: true });
    expect(contest.standingOf('v1').advantage).toBeGreaterThan(1);
    expect(play([5_000, 0.2, null]).standingOf('v1').outcomes).toBe(0);
  });

  it('settles each decision once, and forgets those that nobody reports', () => {
    const contest = new ModelContest({ maxPending: 3, maxKinds: 10 });
    const trial: Trial = { arm: 'v1', forecasts: [[5_000, 0.2, 0.9]] };
    for (const id of ['a', 'b', 'c', 'd']) contest.noteDecision(decision(id, trial));
    const link = { source: 'job' as const, errorClass: 'timeout', failedAttemptNumber: 1 };
    for (const recommendationId of ['a', 'd', 'd']) {
      contest.noteOutcome({ report: someReport({}), link: { ...link, recommendationId } });
    }
    expect(contest.standingOf('v1').outcomes).toBe(1);
  });
});

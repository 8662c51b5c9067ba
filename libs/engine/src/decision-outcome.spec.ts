import { describe, expect, it } from '@jest/globals';
import type { DecisionRecord, Recommendation } from '@smart-retry/domain';
import { someFeatures, someRecommendation, T0 } from '@smart-retry/domain/testing';
import { closingReportOf, outcomeOfDecision } from './decision-outcome.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Ten minutes after its time the advice expires, a day later nobody waits for a report any more. */
const GIVEN_UP_MS = T0 + 5_000 + 10 * MINUTE_MS + DAY_MS;

const decision = (changes: Partial<Recommendation> = {}): DecisionRecord => ({
  recommendationId: 'r1',
  decidedAtMs: T0,
  features: someFeatures(),
  recommendation: someRecommendation(changes),
  evidence: { layers: [], configurationRevision: 1 },
  rngSeed: [1, 2, 3, 4],
});
const stop = decision({ decision: 'stop', shouldRetry: false, delayMs: 0, nextEvaluationAtMs: T0 });

describe('what came of a decision', () => {
  it.each([true, false])('is what was reported: success %p, however late it is read', (success) => {
    const reported = { success, atMs: T0 + 6_000 };
    const outcome = { outcome: success ? 'succeeded' : 'failed', atMs: T0 + 6_000 };
    expect(outcomeOfDecision(decision(), reported, T0 + 7_000)).toEqual(outcome);
    expect(outcomeOfDecision(decision(), reported, T0 + 100 * DAY_MS)).toEqual(outcome);
  });

  it('is pending until nobody waits for a report any more, then unknown, never failed', () => {
    expect(outcomeOfDecision(decision(), null, T0)).toEqual({ outcome: 'pending' });
    expect(outcomeOfDecision(decision(), null, GIVEN_UP_MS - 1)).toEqual({ outcome: 'pending' });
    expect(outcomeOfDecision(decision(), null, GIVEN_UP_MS)).toEqual({ outcome: 'unknown' });
    expect(outcomeOfDecision(decision(), null, T0 + 100 * DAY_MS)).toEqual({ outcome: 'unknown' });
  });

  it('is nothing after a stop', () => {
    expect(closingReportOf(stop)).toBeNull();
    expect(outcomeOfDecision(stop, null, T0 + 100 * DAY_MS)).toEqual({ outcome: 'none' });
  });

  it('is looked for from the decision, less what a clock may be behind, until nobody waits for it', () => {
    expect(closingReportOf(decision())).toEqual({
      recommendationId: 'r1',
      fromMs: T0 - 5 * MINUTE_MS,
      toMs: GIVEN_UP_MS,
    });
  });

  it('is looked for before a decision whose failure was long ago', () => {
    expect(closingReportOf(decision({ nextEvaluationAtMs: T0 - DAY_MS }))).toEqual({
      recommendationId: 'r1',
      fromMs: T0 - DAY_MS - 5 * MINUTE_MS,
      toMs: GIVEN_UP_MS,
    });
  });
});

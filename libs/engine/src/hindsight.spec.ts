import { describe, expect, it } from '@jest/globals';
import { createRng, type AttemptReport, type DecisionRecord, type ReasonCode } from '@smart-retry/domain';
import { someFeatures, someReport, T0 } from '@smart-retry/domain/testing';
import { answerTerminalStops } from './answers.js';
import { cameAboutBy, Hindsight, correctEstimate } from './hindsight.js';

const KIND = { jobType: 'email_send', errorClass: 'timeout' };

interface Answer {
  readonly chance: number;
  readonly reasons?: readonly ReasonCode[];
  readonly shift?: number;
}

function decision(recommendationId: string, { chance, reasons = [], shift }: Answer): DecisionRecord {
  const frame = { policy: null, guardrailMaxAttempts: 5, learnedMaxAttempts: 5, nowMs: T0 };
  return {
    recommendationId,
    decidedAtMs: T0,
    features: someFeatures(KIND),
    recommendation: {
      ...answerTerminalStops([], frame),
      decision: 'retry',
      method: 'bayesian',
      shouldRetry: true,
      estimatedSuccess: chance,
      reasons,
    },
    evidence: { layers: [], configurationRevision: 1, ...(shift !== undefined && { shift }) },
    rngSeed: [1, 2, 3, 4],
  };
}

let ids = 0;

function settle(hindsight: Hindsight, answer: Answer, outcome: Partial<AttemptReport>): void {
  const recommendationId = `r${ids++}`;
  hindsight.noteDecision(decision(recommendationId, answer));
  const link = { source: 'job' as const, errorClass: 'timeout', failedAttemptNumber: 1, recommendationId };
  hindsight.noteOutcome({ report: someReport(outcome), link });
}

const create = () => new Hindsight({ maxPending: 1_000, maxKinds: 100 });

describe('Hindsight', () => {
  it('lets stand what comes true, and what nothing is known of', () => {
    const hindsight = create();
    expect(hindsight.correctionOf('bayesian', KIND, 'as_planned').shift).toBe(0);
    const rng = createRng([1, 2, 3, 4]);
    for (let i = 0; i < 1_000; i++) settle(hindsight, { chance: 0.7 }, { success: rng() < 0.7 });
    expect(Math.abs(hindsight.correctionOf('bayesian', KIND, 'as_planned').shift)).toBeLessThan(0.4);
  });

  it('lowers what was too hopeful until what is shown comes true, where without it 0.8 is shown for 0.5', () => {
    const hindsight = create();
    const rng = createRng([1, 2, 3, 4]);
    let shown = 0;
    for (let i = 0; i < 2_000; i++) {
      const shift = hindsight.correctionOf('bayesian', KIND, 'as_planned').shift;
      const chance = correctEstimate(
        { successProbability: 0.8, interval: [0.7, 0.9] },
        { shift, deviation: 0 },
      ).successProbability;
      settle(hindsight, { chance, shift }, { success: rng() < 0.5 });
      if (i >= 1_000) shown += chance / 1_000;
    }
    expect(shown).toBeGreaterThan(0.4);
    expect(shown).toBeLessThan(0.6);
  });

  it('tells probes and turns from what went as planned', () => {
    const hindsight = create();
    for (let i = 0; i < 200; i++)
      settle(hindsight, { chance: 0.7, reasons: ['breaker_probe'] }, { success: i % 7 === 0 });
    for (let i = 0; i < 200; i++)
      settle(hindsight, { chance: 0.7, reasons: ['deferred_turn'] }, { success: i % 10 > 0 });
    expect(hindsight.correctionOf('bayesian', KIND, 'as_probe').shift).toBeLessThan(-1);
    expect(hindsight.correctionOf('bayesian', KIND, 'in_turn').shift).toBeGreaterThan(0.3);
    expect(hindsight.correctionOf('bayesian', KIND, 'as_planned').shift).toBe(0);
    expect(hindsight.correctionOf('ml', KIND, 'as_probe').shift).toBe(0);
    expect(hindsight.correctionOf('bayesian', { ...KIND, errorCode: '503' }, 'as_probe').shift).toBe(0);
  });

  it('does not take outcomes for alike because a chance is always too low, which would have 0.81 shown for 0.95 here', () => {
    const hindsight = create();
    const rng = createRng([1, 2, 3, 4]);
    for (let i = 0; i < 300; i++) settle(hindsight, { chance: 0.5 }, { success: rng() < 0.95 });
    const correction = hindsight.correctionOf('bayesian', KIND, 'as_planned');
    const shown = correctEstimate({ successProbability: 0.5, interval: [0.4, 0.6] }, correction);
    expect(shown.successProbability).toBeGreaterThan(0.86);
    expect(shown.interval[1]).toBeGreaterThan(0.9);
  });

  it('is the more certain the more it has seen', () => {
    const hindsight = create();
    const deviationAfter = (outcomes: number) => {
      for (let i = 0; i < outcomes; i++) settle(hindsight, { chance: 0.5 }, { success: i % 2 === 0 });
      return hindsight.correctionOf('bayesian', KIND, 'as_planned').deviation;
    };
    const [few, many] = [deviationAfter(4), deviationAfter(200)];
    expect(few).toBeLessThan(1);
    expect(many).toBeLessThan(few / 2);
  });

  it('learns less of outcomes that come in runs than of as many that do not', () => {
    const [inRuns, apart] = [create(), create()];
    for (let i = 0; i < 60; i++) {
      settle(inRuns, { chance: 0.7 }, { success: Math.floor(i / 20) === 0 });
      settle(apart, { chance: 0.7 }, { success: i % 3 === 0 });
    }
    const shiftOf = (hindsight: Hindsight) => hindsight.correctionOf('bayesian', KIND, 'as_planned').shift;
    expect(shiftOf(apart)).toBeLessThan(-1);
    expect(shiftOf(inRuns)).toBeGreaterThan(0.8 * shiftOf(apart));
  });

  it('counts an outcome once, and nothing of what was cancelled or never heard of', () => {
    const hindsight = create();
    hindsight.noteDecision(decision('once', { chance: 0.5 }));
    const link = { source: 'job' as const, errorClass: 'timeout', failedAttemptNumber: 1, recommendationId: 'once' };
    hindsight.noteOutcome({ report: someReport({ success: false }), link });
    const shift = hindsight.correctionOf('bayesian', KIND, 'as_planned').shift;
    expect(shift).toBeLessThan(0);
    hindsight.noteOutcome({ report: someReport({ success: false }), link });
    settle(hindsight, { chance: 0.5 }, { success: false, status: 'unknown' });
    settle(hindsight, { chance: 0.5 }, { success: false, status: 'cancelled' });
    expect(hindsight.correctionOf('bayesian', KIND, 'as_planned').shift).toBe(shift);
  });
});

describe('while many answers wait', () => {
  it('notes few of the new ones, so that those that wait long are not pushed out before they are known', () => {
    const hindsight = new Hindsight({ maxPending: 3_000, maxKinds: 10 });
    for (let i = 0; i < 9_000; i++) hindsight.noteDecision(decision(`waiting${i}`, { chance: 0.9 }));
    const link = {
      source: 'job' as const,
      errorClass: 'timeout',
      failedAttemptNumber: 1,
      recommendationId: 'waiting0',
    };
    hindsight.noteOutcome({ report: someReport({ success: false }), link });
    expect(hindsight.correctionOf('bayesian', KIND, 'as_planned').shift).toBeLessThan(0);
  });
});

describe('what an answer came about by', () => {
  it('is the verdict of what all callers share', () => {
    expect(cameAboutBy(null, [])).toBe('as_planned');
    expect(cameAboutBy({ kind: 'admitted', reasons: [] }, [])).toBe('as_planned');
    expect(cameAboutBy({ kind: 'admitted', reasons: ['breaker_probe'] }, ['hint_applied'])).toBe('as_probe');
    expect(cameAboutBy({ kind: 'admitted', reasons: ['deferred_turn'] }, [])).toBe('in_turn');
    expect(cameAboutBy({ kind: 'deferred', reasons: ['budget_spent'] }, [])).toBe('in_turn');
    expect(cameAboutBy(null, ['hint_applied'])).toBe('as_hinted');
    expect(cameAboutBy({ kind: 'admitted', reasons: ['deferred_turn'] }, ['hint_applied', 'shared_hint'])).toBe(
      'as_hinted_to_others',
    );
  });
});

describe('correctEstimate', () => {
  const estimate = { successProbability: 0.5, interval: [0, 0.8] } as const;

  it('adds to the log-odds of the chance and of both ends, keeps their order, and leaves what is certain', () => {
    const { successProbability, interval } = correctEstimate(estimate, { shift: Math.log(3), deviation: 0 });
    expect(successProbability).toBeCloseTo(0.75, 12);
    expect(interval[0]).toBe(0);
    expect(interval[1]).toBeCloseTo(12 / 13, 12);
  });

  it('widens the interval by what is not known of the correction', () => {
    const [, hi] = correctEstimate(estimate, { shift: 0, deviation: 1 }).interval;
    const width = Math.hypot(Math.log(4), 1.645);
    expect(hi).toBeCloseTo(1 / (1 + Math.exp(-width)), 12);
    const certain = { successProbability: 1, interval: [1, 1] } as const;
    expect(correctEstimate(certain, { shift: -1, deviation: 1 })).toEqual(certain);
  });
});

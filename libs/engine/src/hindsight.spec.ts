import { describe, expect, it } from '@jest/globals';
import {
  createRng,
  type AttemptReport,
  type DecisionRecord,
  type ReasonCode,
  type RetryFeatures,
} from '@smart-retry/domain';
import { someFeatures, someReport, someStrategy, T0 } from '@smart-retry/domain/testing';
import { answerTerminalStops } from './answers.js';
import { compileSnapshot } from './configuration-snapshot.js';
import { decide } from './decide.js';
import { repeatGate, type FleetGate } from './fleet/fleet-gate.js';
import { cameAboutBy, Hindsight } from './hindsight.js';
import { correctEstimate } from './odds-correction.js';
import { LEARNED } from './testing/learned-proposal.js';

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

  it('takes one outcome in by Laplace’s approximation, and lets what it believed fade before the next', () => {
    const hindsight = create();
    const correction = () => hindsight.correctionOf('bayesian', KIND, 'as_planned');
    expect(correction()).toEqual({ shift: 0, deviation: 1 / Math.sqrt(3) });
    settle(hindsight, { chance: 0.5 }, { success: true });
    expect(correction().shift).toBeCloseTo(0.5 / 3.25, 12);
    expect(correction().deviation).toBeCloseTo(1 / Math.sqrt(3.25), 12);
    settle(hindsight, { chance: 0.5 }, { success: false });
    // precision 3 + 0.998·0.25, mean 0.998·0.5 / 3.2495; outcomes that alternate are not alike
    const [precision, mean] = [3.2495, 0.499 / 3.2495];
    const expected = 1 / (1 + Math.exp(-mean));
    const after = precision + expected * (1 - expected);
    expect(correction().shift).toBeCloseTo(mean - expected / after, 12);
    expect(correction().deviation).toBeCloseTo(1 / Math.sqrt(after), 12);
  });

  it('forgets: what was seen long ago counts for less than as much that was seen since', () => {
    const hindsight = create();
    const rng = createRng([1, 2, 3, 4]);
    for (let i = 0; i < 3_000; i++) settle(hindsight, { chance: 0.5 }, { success: rng() < (i < 2_000 ? 0.8 : 0.3) });
    const { shift, deviation } = hindsight.correctionOf('bayesian', KIND, 'as_planned');
    expect(1 / (1 + Math.exp(-shift))).toBeLessThan(0.45);
    // Some 500 outcomes count, of a variance of at most a quarter.
    expect(deviation).toBeGreaterThan(1 / Math.sqrt(3 + 500 * 0.25));
  });

  it('corrects by no more than e⁵ to one, and does not hold that for certain', () => {
    const correctionAfter = (chance: number, isSuccess: (i: number) => boolean) => {
      const hindsight = create();
      for (let i = 0; i < 2_000; i++) settle(hindsight, { chance }, { success: isSuccess(i) });
      return hindsight.correctionOf('bayesian', KIND, 'as_planned');
    };
    const limited = correctionAfter(0.9999, (i) => i % 3 === 0);
    expect(limited.shift).toBeLessThan(-4.5);
    expect(limited.shift).toBeGreaterThanOrEqual(-5);
    expect(limited.deviation).toBeGreaterThan(2 * correctionAfter(0.5, (i) => i % 3 === 0).deviation);
  });

  it.each([0, 1])('stays a number where a layer is sure beyond all doubt, and wrong: %s', (chance) => {
    const hindsight = create();
    for (let i = 0; i < 2_000; i++) settle(hindsight, { chance }, { success: chance === 0 });
    const { shift, deviation } = hindsight.correctionOf('bayesian', KIND, 'as_planned');
    expect(Math.abs(shift)).toBe(5);
    expect(deviation).toBeLessThanOrEqual(1 / Math.sqrt(3));
  });

  it('is the more certain the more it has seen', () => {
    const hindsight = create();
    const deviationAfter = (outcomes: number) => {
      for (let i = 0; i < outcomes; i++) settle(hindsight, { chance: 0.5 }, { success: i % 2 === 0 });
      return hindsight.correctionOf('bayesian', KIND, 'as_planned').deviation;
    };
    const [few, many] = [deviationAfter(4), deviationAfter(200)];
    expect(few).toBeLessThan(1 / Math.sqrt(3));
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

describe('what is learned of answers that a server decided', () => {
  const told = repeatGate({ isCalm: true, sharedHintMs: 30_000, verdict: null });

  it.each<[string, Partial<RetryFeatures>, FleetGate | undefined]>([
    ['by this job', { retryAfterMs: 30_000 }, undefined],
    ['by others', {}, told],
  ])('is shown with answers of the same kind alone: heard %s', (_, hinted, gate) => {
    const hindsight = create();
    const configuration = compileSnapshot(
      { revision: 7, strategy: someStrategy(), changedAtMs: T0, changedBy: 'test' },
      { isEnabled: true },
    );
    const ask = (changes: Partial<RetryFeatures>, by?: FleetGate) => {
      const features = someFeatures({ ...KIND, ...changes });
      const snapshot = { configuration, learnedLayers: [() => LEARNED], canAudit: true, explores: false, hindsight };
      const rngSeed = [1, 2, 3, 4] as const;
      return { features, rngSeed, ...decide(features, { ...snapshot, gate: by }, T0, createRng(rngSeed)) };
    };
    const shown = (changes: Partial<RetryFeatures>, by?: FleetGate) => ask(changes, by).recommendation.estimatedSuccess;
    for (let i = 0; i < 50; i++) {
      const recommendationId = `hinted${i}`;
      hindsight.noteDecision({ recommendationId, decidedAtMs: T0, ...ask(hinted, gate) });
      const link = { source: 'job' as const, errorClass: 'timeout', failedAttemptNumber: 1, recommendationId };
      hindsight.noteOutcome({ report: someReport({ success: false }), link });
    }
    expect(shown(hinted, gate)).toBeLessThan(0.5);
    expect(shown({})).toBe(0.8);
    expect(shown(gate === undefined ? {} : { retryAfterMs: 30_000 }, gate === undefined ? told : undefined)).toBe(0.8);
  });
});

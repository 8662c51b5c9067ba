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
import { cameAboutBy, Hindsight, type CameAbout } from './hindsight.js';
import { chanceOf, correctEstimate } from './odds-correction.js';
import { LEARNED } from './testing/learned-proposal.js';

const KIND = { jobType: 'email_send', errorClass: 'timeout' };
/** The deviation before anything has come of an answer: of all incidents, and of those of one age. */
const NOTHING_KNOWN = Math.sqrt(1 / 3 + 1 / 5);

type Kind = typeof KIND & Pick<RetryFeatures, 'errorCode' | 'incidentAgeMs'>;

interface Answer {
  readonly chance: number;
  readonly kind?: Kind;
  readonly reasons?: readonly ReasonCode[];
  readonly shift?: number;
}

function decision(recommendationId: string, answer: Answer, decidedAtMs = T0): DecisionRecord {
  const { chance, kind = KIND, reasons = [], shift } = answer;
  const frame = { policy: null, guardrailMaxAttempts: 5, learnedMaxAttempts: 5, nowMs: T0 };
  return {
    recommendationId,
    decidedAtMs,
    features: someFeatures(kind),
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

/** An hour after the one before, so that their incidents are not the same unless they are told to be. */
const HOUR_MS = 3_600_000;
let ids = 0;

function settle(hindsight: Hindsight, answer: Answer, outcome: Partial<AttemptReport>): void {
  const recommendationId = `r${ids++}`;
  hindsight.noteDecision(decision(recommendationId, answer, T0 + ids * HOUR_MS));
  const link = { source: 'job' as const, errorClass: 'timeout', failedAttemptNumber: 1, recommendationId };
  hindsight.noteOutcome({ report: someReport(outcome), link });
}

/** What is said of a chance, even unless told otherwise, which moves by its shift alone. */
function correctionOf(hindsight: Hindsight, cameAbout: CameAbout = 'as_planned', chance = 0.5, kind: Kind = KIND) {
  return hindsight.correctionOf('bayesian', kind, cameAbout, chance);
}

const create = () => new Hindsight({ maxPending: 1_000, maxKinds: 100 });

describe('Hindsight', () => {
  it('lets stand what comes true, and what nothing is known of', () => {
    const hindsight = create();
    expect(correctionOf(hindsight).shift).toBe(0);
    const rng = createRng([1, 2, 3, 4]);
    for (let i = 0; i < 1_000; i++) settle(hindsight, { chance: 0.7 }, { success: rng() < 0.7 });
    expect(Math.abs(correctionOf(hindsight).shift)).toBeLessThan(0.4);
  });

  it('lowers what was too hopeful until what is shown comes true, where without it 0.8 is shown for 0.5', () => {
    const hindsight = create();
    const rng = createRng([1, 2, 3, 4]);
    let shown = 0;
    for (let i = 0; i < 2_000; i++) {
      const { shift } = correctionOf(hindsight, 'as_planned', 0.8);
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
    expect(correctionOf(hindsight, 'as_probe').shift).toBeLessThan(-1);
    expect(correctionOf(hindsight, 'in_turn').shift).toBeGreaterThan(0.3);
    expect(correctionOf(hindsight).shift).toBe(0);
    expect(hindsight.correctionOf('ml', KIND, 'as_probe', 0.5).shift).toBe(0);
    expect(correctionOf(hindsight, 'as_probe', 0.5, { ...KIND, errorCode: '503' }).shift).toBe(0);
  });

  it('does not take outcomes for alike because a chance is always too low, which would have 0.81 shown for 0.95 here', () => {
    const hindsight = create();
    const rng = createRng([1, 2, 3, 4]);
    for (let i = 0; i < 300; i++) settle(hindsight, { chance: 0.5 }, { success: rng() < 0.95 });
    const correction = correctionOf(hindsight);
    const shown = correctEstimate({ successProbability: 0.5, interval: [0.4, 0.6] }, correction);
    expect(shown.successProbability).toBeGreaterThan(0.86);
    expect(shown.interval[1]).toBeGreaterThan(0.9);
  });

  it('takes one outcome in by Laplace’s approximation, and lets what it believed fade before the next', () => {
    const hindsight = create();
    const correction = () => correctionOf(hindsight);
    const shown = (shift: number, variance: number) => shift / Math.sqrt(1 + (Math.PI * variance) / 8);
    expect(correction()).toEqual({ shift: 0, deviation: NOTHING_KNOWN, precision: 0 });
    settle(hindsight, { chance: 0.5 }, { success: true });
    // Of its age it counts for half.
    let variance = 1 / 3.25 + 1 / 5.125;
    const first = 0.5 / 3.25 + 0.25 / 5.125;
    expect(correction().shift).toBeCloseTo(shown(first, variance), 12);
    // The interval is narrower by a quarter of the 0.25 that it tells.
    expect(correction()).toMatchObject({ deviation: NOTHING_KNOWN, precision: 0.0625 });
    settle(hindsight, { chance: 0.5 }, { success: false });
    // precision 3 + 0.998·0.25, mean 0.998·0.5 / 3.2495; outcomes that alternate are not alike
    const mean = 0.499 / 3.2495;
    const expected = 1 / (1 + Math.exp(-mean));
    const precision = 3.2495 + expected * (1 - expected);
    // precision 5 + 0.998·0.125, mean 0.998·0.25 / 5.12475, on top of what was known of all before
    const meanOfAge = 0.2495 / 5.12475;
    const expectedOfAge = 1 / (1 + Math.exp(-(0.5 / 3.25 + meanOfAge)));
    const precisionOfAge = 5.12475 + 0.5 * expectedOfAge * (1 - expectedOfAge);
    variance = 1 / precision + 1 / precisionOfAge;
    const sum = mean - expected / precision + meanOfAge - (0.5 * expectedOfAge) / precisionOfAge;
    expect(correction().shift).toBeCloseTo(shown(sum, variance), 12);
    const shownBefore = chanceOf(first);
    expect(correction().precision).toBeCloseTo(0.998 * 0.0625 + 0.25 * shownBefore * (1 - shownBefore), 12);
  });

  it('tells incidents of one age from those of another, where one shift for all is wrong of both', () => {
    const hindsight = create();
    const rng = createRng([1, 2, 3, 4]);
    const young = { ...KIND, incidentAgeMs: 0 };
    const old = { ...KIND, incidentAgeMs: 400_000 };
    for (let i = 0; i < 1_000; i++) {
      settle(hindsight, { chance: 0.5, kind: young }, { success: rng() < 0.8 });
      settle(hindsight, { chance: 0.5, kind: old }, { success: rng() < 0.2 });
    }
    const shown = (kind: Kind) => chanceOf(correctionOf(hindsight, 'as_planned', 0.5, kind).shift);
    expect(shown(young)).toBeGreaterThan(0.7);
    expect(shown(old)).toBeLessThan(0.3);
    // Of an age of which nothing has come there is what is known of all, and nothing narrows the interval.
    const unseen = { ...KIND, incidentAgeMs: 20_000 };
    expect(Math.abs(shown(unseen) - 0.5)).toBeLessThan(0.1);
    expect(correctionOf(hindsight, 'as_planned', 0.5, unseen).precision).toBe(0);
    expect(correctionOf(hindsight, 'as_planned', 0.5, old).precision).toBeGreaterThan(5);
  });

  it('forgets: what was seen long ago counts for less than as much that was seen since', () => {
    const hindsight = create();
    const rng = createRng([1, 2, 3, 4]);
    for (let i = 0; i < 3_000; i++) settle(hindsight, { chance: 0.5 }, { success: rng() < (i < 2_000 ? 0.8 : 0.3) });
    const { shift, precision } = correctionOf(hindsight);
    expect(1 / (1 + Math.exp(-shift))).toBeLessThan(0.45);
    // Some 500 outcomes count, of a variance of at most a quarter, each for a quarter.
    expect(precision).toBeLessThan(500 * 0.25 * 0.25);
  });

  it('corrects by no more than e⁵ to one, and does not hold that for certain', () => {
    const correctionAfter = (chance: number, isSuccess: (i: number) => boolean) => {
      const hindsight = create();
      for (let i = 0; i < 2_000; i++) settle(hindsight, { chance }, { success: isSuccess(i) });
      return correctionOf(hindsight, 'as_planned', chance);
    };
    const limited = correctionAfter(0.9999, (i) => i % 3 === 0);
    // A tenth of the chance does not count, and what is left of it is drawn to even chances as well.
    expect(limited.shift).toBeLessThan(-5);
    expect(limited.shift).toBeGreaterThan(-6.5);
    expect(4 * (limited.precision ?? 0)).toBeLessThan(correctionAfter(0.5, (i) => i % 3 === 0).precision ?? 0);
  });

  it.each([0, 1])('stays a number where a layer is sure beyond all doubt, and wrong: %s', (chance) => {
    const hindsight = create();
    for (let i = 0; i < 2_000; i++) settle(hindsight, { chance }, { success: chance === 0 });
    const { shift, precision } = correctionOf(hindsight, 'as_planned', chance);
    expect(Math.abs(shift)).toBeGreaterThanOrEqual(5);
    expect(Math.abs(shift)).toBeLessThan(6.5);
    expect(precision).toBeLessThan(2);
  });

  it('narrows an interval by one outcome of an incident, however many came of it, and by one of the next', () => {
    const hindsight = create();
    const precisionAfter = (incidentAgeMs: number, success: boolean) => {
      settle(hindsight, { chance: 0.5, kind: { ...KIND, incidentAgeMs } }, { success });
      return correctionOf(hindsight, 'as_planned', 0.5, { ...KIND, incidentAgeMs }).precision ?? 0;
    };
    // All of an age of more than 45 minutes, an hour apart.
    const first = precisionAfter(HOUR_MS, true);
    expect(first).toBeGreaterThan(0);
    expect(precisionAfter(2 * HOUR_MS, false)).toBe(first);
    expect(precisionAfter(3 * HOUR_MS, true)).toBe(first);
    expect(precisionAfter(HOUR_MS - 1, false)).toBeGreaterThan(1.8 * first);
  });

  it('learns less of outcomes that come in runs than of as many that do not', () => {
    const [inRuns, apart] = [create(), create()];
    for (let i = 0; i < 60; i++) {
      settle(inRuns, { chance: 0.7 }, { success: Math.floor(i / 20) === 0 });
      settle(apart, { chance: 0.7 }, { success: i % 3 === 0 });
    }
    const shiftOf = (hindsight: Hindsight) => correctionOf(hindsight).shift;
    expect(shiftOf(apart)).toBeLessThan(-1);
    expect(shiftOf(inRuns)).toBeGreaterThan(0.8 * shiftOf(apart));
  });

  it('counts an outcome once, and nothing of what was cancelled, never heard of, or only waited for a dependency', () => {
    const hindsight = create();
    hindsight.noteDecision(decision('once', { chance: 0.5 }));
    const link = { source: 'job' as const, errorClass: 'timeout', failedAttemptNumber: 1, recommendationId: 'once' };
    hindsight.noteOutcome({ report: someReport({ success: false }), link });
    const shift = correctionOf(hindsight).shift;
    expect(shift).toBeLessThan(0);
    hindsight.noteOutcome({ report: someReport({ success: false }), link });
    settle(hindsight, { chance: 0.5 }, { success: false, status: 'unknown' });
    settle(hindsight, { chance: 0.5 }, { success: false, status: 'cancelled' });
    settle(hindsight, { chance: 0.5, reasons: ['awaits_dependency'] }, { success: false });
    expect(correctionOf(hindsight).shift).toBe(shift);
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
    expect(correctionOf(hindsight).shift).toBeLessThan(0);
  });
});

describe('what an answer came about by', () => {
  it('is the verdict of what all callers share', () => {
    expect(cameAboutBy(null, [])).toBe('as_planned');
    expect(cameAboutBy({ kind: 'admitted', reasons: [] }, [])).toBe('as_planned');
    expect(cameAboutBy({ kind: 'admitted', reasons: ['breaker_probe'] }, ['hint_applied'])).toBe('as_probe');
    expect(cameAboutBy({ kind: 'admitted', reasons: ['breaker_probe', 'deferred_turn'] }, [])).toBe('as_probe_in_turn');
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
    const [uncorrected, hintedBefore] = [shown({}), shown({ retryAfterMs: 30_000 })];
    for (let i = 0; i < 50; i++) {
      const recommendationId = `hinted${i}`;
      hindsight.noteDecision({ recommendationId, decidedAtMs: T0, ...ask(hinted, gate) });
      const link = { source: 'job' as const, errorClass: 'timeout', failedAttemptNumber: 1, recommendationId };
      hindsight.noteOutcome({ report: someReport({ success: false }), link });
    }
    expect(shown(hinted, gate)).toBeLessThan(0.5);
    expect(shown({})).toBe(uncorrected);
    expect(shown(gate === undefined ? {} : { retryAfterMs: 30_000 }, gate === undefined ? told : undefined)).toBe(
      hintedBefore,
    );
  });
});

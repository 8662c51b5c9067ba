import { describe, expect, it } from '@jest/globals';
import { credibleInterval } from '@smart-retry/bayesian';
import { createRng, type DecisionRecord, type ReasonCode } from '@smart-retry/domain';
import { someFeatures, someReport, T0 } from '@smart-retry/domain/testing';
import { answerTerminalStops } from './answers.js';
import { Hindsight, type CameAbout } from './hindsight.js';
import { correctEstimate, type Correction } from './odds-correction.js';

const KIND = { jobType: 'email_send', errorClass: 'timeout' };
const REASONS: Partial<Record<CameAbout, readonly ReasonCode[]>> = { in_turn: ['deferred_turn'] };
const FRAME = { policy: null, guardrailMaxAttempts: 5, learnedMaxAttempts: 5, nowMs: T0 };

const HOUR_MS = 3_600_000;
/** Of the group of 15 to 45 minutes. */
const SOME_AGE_MS = 900_000;

const create = () => new Hindsight({ maxPending: 1_000, maxKinds: 10 });

interface Course {
  readonly chance: number;
  readonly success: boolean;
  readonly cameAbout?: CameAbout;
  readonly incidentAgeMs?: number;
}

/** A minute apart, so that each is an incident of its own unless it is told to be as old. */
let nowMs = T0;

/** An answer that shows a chance without any correction, and its outcome. */
function settle(hindsight: Hindsight, { chance, success, cameAbout = 'as_planned', incidentAgeMs }: Course): void {
  const record: DecisionRecord = {
    recommendationId: 'r',
    decidedAtMs: (nowMs += 60_000),
    features: someFeatures({ ...KIND, incidentAgeMs }),
    recommendation: {
      ...answerTerminalStops([], FRAME),
      decision: 'retry',
      method: 'bayesian',
      shouldRetry: true,
      estimatedSuccess: chance,
      reasons: REASONS[cameAbout] ?? [],
    },
    evidence: { layers: [], configurationRevision: 1 },
    rngSeed: [1, 2, 3, 4],
  };
  hindsight.noteDecision(record);
  const link = { source: 'job' as const, errorClass: 'timeout', failedAttemptNumber: 1, recommendationId: 'r' };
  hindsight.noteOutcome({ report: someReport({ success }), link });
}

/** A layer that believes a Beta of the outcomes that it was told of, of which about the last 40 count, and even chances before. */
class CountingLayer {
  #successes = 1;
  #outcomes = 2;

  learn({ success }: Pick<Course, 'success'>): void {
    this.#successes = 0.975 * this.#successes + Number(success);
    this.#outcomes = 0.975 * this.#outcomes + 1;
  }

  get estimate() {
    const successProbability = this.#successes / this.#outcomes;
    return { successProbability, interval: credibleInterval(successProbability, this.#outcomes) };
  }
}

/** How many shown intervals hold a chance that never changes, after hundreds of outcomes. */
function coverageOf(change: (correction: Correction) => Correction): number {
  const rng = createRng([1, 2, 3, 4]);
  let held = 0;
  let shown = 0;
  for (let i = 0; i < 60; i++) {
    const chance = 0.55 + 0.4 * rng();
    const [hindsight, layer] = [create(), new CountingLayer()];
    for (let j = 0; j < 300; j++) {
      const { successProbability } = layer.estimate;
      const success = rng() < chance;
      if (j >= 200 && j % 10 === 0) {
        const correction = hindsight.correctionOf('bayesian', KIND, 'as_planned', successProbability);
        const [lo, hi] = correctEstimate(layer.estimate, change(correction)).interval;
        held += Number(lo <= chance && chance <= hi);
        shown++;
      }
      settle(hindsight, { chance: successProbability, success });
      layer.learn({ success });
    }
  }
  return held / shown;
}

describe('a shown 90 % interval', () => {
  it('holds a chance that never changes about as often as it says, where without what outcomes told it nearly always would', () => {
    const coverage = coverageOf((correction) => correction);
    expect(coverage).toBeGreaterThan(0.85);
    expect(coverage).toBeLessThan(0.95);
    expect(coverageOf(({ shift, deviation }) => ({ shift, deviation }))).toBeGreaterThan(0.97);
  });

  it('is narrowed by incidents that are not alike, however alike outcomes of one incident are', () => {
    const precisionAfter = (outcomesPerIncident: number) => {
      const [hindsight, rng] = [create(), createRng([1, 2, 3, 4])];
      for (let incident = 0; incident < 200; incident++) {
        const success = rng() < 0.5;
        nowMs += HOUR_MS;
        for (let i = 0; i < outcomesPerIncident; i++)
          settle(hindsight, { chance: 0.5, success, incidentAgeMs: SOME_AGE_MS + i * 60_000 });
      }
      const old = { ...KIND, incidentAgeMs: SOME_AGE_MS };
      return hindsight.correctionOf('bayesian', old, 'as_planned', 0.5).precision ?? 0;
    };
    expect(precisionAfter(8)).toBeGreaterThan(0.6 * precisionAfter(1));
  });

  it('is wider at first where a model speaks, or somebody else has decided when to go', () => {
    const hindsight = create();
    const firm = hindsight.correctionOf('bayesian', KIND, 'as_planned', 0.5).deviation;
    expect(hindsight.correctionOf('bayesian', KIND, 'as_probe_in_turn', 0.5).deviation).toBeGreaterThan(1.2 * firm);
    expect(hindsight.correctionOf('bayesian', KIND, 'as_probe', 0.5).deviation).toBe(firm);
    expect(hindsight.correctionOf('ml', KIND, 'as_planned', 0.5).deviation).toBeGreaterThan(1.2 * firm);
  });
});

describe('the chance of a turn', () => {
  it('depends less on the delay that had been planned than where the plan was followed', () => {
    const shown = (cameAbout: CameAbout, chance: number) => {
      const hindsight = create();
      const rng = createRng([1, 2, 3, 4]);
      for (let i = 0; i < 400; i++)
        settle(hindsight, { chance: i % 2 === 0 ? 0.5 : 0.95, success: rng() < 0.8, cameAbout });
      const { shift } = hindsight.correctionOf('bayesian', KIND, cameAbout, chance);
      return correctEstimate({ successProbability: chance, interval: [0, 1] }, { shift, deviation: 0 })
        .successProbability;
    };
    const apart = (cameAbout: CameAbout) => shown(cameAbout, 0.95) - shown(cameAbout, 0.5);
    expect(apart('in_turn')).toBeLessThan(0.7 * apart('as_planned'));
  });

  it('is what turns are usually shown with where little has come of them, where drawn to even chances 0.8 would be shown as 0.71', () => {
    const hindsight = create();
    const outcomes = [true, true, false, true, true];
    for (const success of outcomes) settle(hindsight, { chance: 0.8, success, cameAbout: 'in_turn' });
    const correction = hindsight.correctionOf('bayesian', KIND, 'in_turn', 0.8);
    const estimate = { successProbability: 0.8, interval: [0.7, 0.9] } as const;
    expect(correctEstimate(estimate, correction).successProbability).toBeGreaterThan(0.75);
  });
});

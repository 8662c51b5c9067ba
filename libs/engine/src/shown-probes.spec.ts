import { describe, expect, it } from '@jest/globals';
import { createRng, type AdmissionVerdict, type DecisionRecord } from '@smart-retry/domain';
import { someFeatures, someStrategy, T0 } from '@smart-retry/domain/testing';
import { decide } from './decide.js';
import { repeatGate } from './fleet/fleet-gate.js';
import { Hindsight } from './hindsight.js';
import { replayDecision } from './replay-decision.js';
import { snapshotOf, taughtMemory } from './testing/taught.js';

const FAILURE = someFeatures({ incidentAgeMs: 0, jobId: 'job' });
/** Nothing succeeds within 15 s. */
const memory = taughtMemory({ outcomes: 400, isOverAfterMs: 15_000, features: FAILURE });
const RNG_SEED = [1, 2, 3, 4] as const;

const probe = (...turn: readonly 'deferred_turn'[]): AdmissionVerdict => ({
  kind: 'admitted',
  delayMs: 500,
  reasons: ['breaker_probe', ...turn],
  effects: [],
  because: ['it finds out whether it is back'],
});

function ask(verdict: AdmissionVerdict, { isCalm = false } = {}) {
  const hindsight = new Hindsight({ maxPending: 10, maxKinds: 10 });
  const gate = repeatGate({ isCalm, sharedHintMs: 0, verdict });
  const snapshot = snapshotOf(someStrategy(), memory, { explores: false, gate, hindsight });
  return { snapshot, ...decide(FAILURE, snapshot, T0, createRng(RNG_SEED)) };
}

describe('the chance of a probe', () => {
  it('is that of going at once for a job that has just failed, whatever delay had been planned', () => {
    const { estimatedSuccess, estimatedSuccessInterval, reasons } = ask(probe()).recommendation;
    expect(reasons).toContain('breaker_probe');
    expect(estimatedSuccess).toBeLessThan(0.1);
    expect(estimatedSuccessInterval[0]).toBe(0);
  });

  it('goes by what had been planned for a job that has waited, since it is not known when the dependency came back', () => {
    expect(ask(probe('deferred_turn')).recommendation.estimatedSuccess).toBeGreaterThan(0.5);
  });

  it('is worked out only where a probe may be sent', () => {
    const layers = (isCalm: boolean) =>
      ask(probe(), { isCalm }).evidence.layers.map(({ kind, layer }) => [kind, layer]);
    const atOnce = (isCalm: boolean) =>
      ask(probe(), { isCalm }).evidence.layers.some((answer) => 'atOnce' in answer && answer.atOnce !== undefined);
    expect(layers(true)).toEqual(layers(false));
    expect([atOnce(true), atOnce(false)]).toEqual([false, true]);
  });

  it('is shown again from the record', () => {
    const { recommendation, evidence, snapshot } = ask(probe());
    const record: DecisionRecord = {
      ...{ recommendationId: 'r', decidedAtMs: T0, features: FAILURE, rngSeed: RNG_SEED },
      ...{ recommendation, evidence },
    };
    const stored = JSON.parse(JSON.stringify(record)) as DecisionRecord;
    expect(replayDecision(stored, snapshot.configuration).recommendation).toEqual(recommendation);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  createRng,
  silenceOf,
  type Abstention,
  type AdmissionVerdict,
  type DecisionRecord,
  type FleetEvidence,
  type Proposal,
  type RetryFeatures,
  type Strategy,
  type SuccessEstimate,
} from '@smart-retry/domain';
import { someFeatures, somePolicy, someStrategy, T0 } from '@smart-retry/domain/testing';
import { compileSnapshot } from './configuration-snapshot.js';
import { decide, type Decision } from './decide.js';
import { Fleet } from './fleet/fleet.js';
import { repeatGate, type FleetGate } from './fleet/fleet-gate.js';
import type { Hindsight } from './hindsight.js';
import { replayDecision } from './replay-decision.js';
import { LEARNED } from './testing/learned-proposal.js';

const PUT_OFF: AdmissionVerdict = {
  kind: 'deferred',
  delayMs: 60_000,
  reasons: ['breaker_open'],
  effects: [{ name: 'breaker', before: 'retry', after: 'defer' }],
  because: ['its breaker is open'],
};
const REFUSED: AdmissionVerdict = {
  kind: 'refused',
  delayMs: 0,
  reasons: ['breaker_open'],
  effects: [{ name: 'breaker', before: 'retry', after: 'stop' }],
  because: ['there is no time'],
};
const PROBE: AdmissionVerdict = {
  kind: 'admitted',
  delayMs: 500,
  reasons: ['breaker_probe'],
  effects: [],
  because: ['it finds out whether it is back'],
};
const HOPELESS_FOR_EVER: Proposal = {
  ...LEARNED,
  action: 'stop',
  delayMs: 0,
  estimate: { successProbability: 0, interval: [0, 0] },
  rationale: 'no retry is worth its cost',
  reasons: ['not_worth_its_cost'],
};
const EXPECTED_THEN: SuccessEstimate = { successProbability: 0.7, interval: [0.6, 0.8] };
const HOPELESS: Proposal = {
  ...HOPELESS_FOR_EVER,
  onceBack: EXPECTED_THEN,
};
/** Not sure enough to go on where the rules stop. */
const UNSURE: Abstention = { ...silenceOf('bayesian', 'bayesian_unsure'), onceBack: EXPECTED_THEN };
const gateThat = (verdict: AdmissionVerdict) => repeatGate({ isCalm: false, sharedHintMs: 0, verdict });
const open = gateThat(PUT_OFF);
/** Learned layers may go on to the fifth attempt, the rules to the third. */
const STRATEGY = { ...someStrategy([somePolicy({ maxAttempts: 3 })]), learnedMaxAttempts: 5 };
const compiled = (strategy: Strategy = STRATEGY) =>
  compileSnapshot({ revision: 1, strategy, changedAtMs: T0, changedBy: 'test' }, { isEnabled: true });

interface Asked {
  readonly said?: Proposal | Abstention;
  readonly gate?: FleetGate;
  readonly features?: Partial<RetryFeatures>;
  readonly strategy?: Strategy;
  readonly hindsight?: Pick<Hindsight, 'correctionOf'>;
}

function answer({ said = HOPELESS, gate = open, features = {}, strategy = STRATEGY, hindsight }: Asked): Decision {
  const learned = { learnedLayers: [() => said], canAudit: true, explores: false };
  const snapshot = { configuration: compiled(strategy), ...learned, gate, ...(hindsight && { hindsight }) };
  return decide(someFeatures({ jobId: 'job', ...features }), snapshot, T0, createRng([1, 2, 3, 4]));
}

/** What the gate is asked for an answer. */
function askedOf(asked: Asked): Parameters<FleetGate['admit']>[0] {
  const questions: Parameters<FleetGate['admit']>[0][] = [];
  answer({ ...asked, gate: { ...open, admit: (question) => (questions.push(question), open.admit(question)) } });
  const [question] = questions;
  if (question === undefined) throw new Error('the gate was not asked');
  return question;
}

describe('a job that would be given up while its dependency is left alone', () => {
  it('waits without using up an attempt, with what is expected once the dependency is back', () => {
    expect(answer({}).recommendation).toMatchObject({
      decision: 'defer',
      countsAsAttempt: false,
      delayMs: 60_000,
      method: 'bayesian',
      reasons: ['breaker_open', 'awaits_dependency', 'not_worth_its_cost'],
      estimatedSuccess: 0.7,
      estimatedSuccessInterval: [0.6, 0.8],
      maxAttempts: 5,
      propensity: 1,
    });
  });

  it('says so where it becomes a probe itself', () => {
    const { decision, rationale } = answer({ gate: gateThat(PROBE) }).recommendation;
    expect(decision).toBe('retry');
    expect(rationale).toContain('as things are no retry is worth its cost; but its dependency was left alone');
  });

  it.each<[string, Asked]>([
    ['once its breaker is closed', { gate: repeatGate({ isCalm: true, sharedHintMs: 0, verdict: null }) }],
    ['where no retry is worth its cost even then', { said: HOPELESS_FOR_EVER }],
    ['where nobody would know it again', { features: { jobId: undefined } }],
    ['where its time is up', { features: { deadlineAtMs: T0 - 1 } }],
    ['where its time would be up', { gate: gateThat(REFUSED) }],
  ])('is given up %s, for the same reason as ever', (_where, asked) => {
    const { recommendation, admission } = answer(asked);
    const { decision, reasons, guardrailEffects } = recommendation;
    expect(decision).toBe('stop');
    expect(reasons).toEqual([asked.features?.deadlineAtMs === undefined ? 'not_worth_its_cost' : 'deadline_passed']);
    expect(guardrailEffects.map(({ name }) => name)).not.toContain('breaker');
    expect(admission).toBeNull();
  });

  it('is given up where learning is only observed and the rules stop', () => {
    const strategy = { ...STRATEGY, learning: { ...STRATEGY.learning, mode: 'observe' as const } };
    const { recommendation } = answer({ strategy, features: { attemptNumber: 3 } });
    expect(recommendation).toMatchObject({ decision: 'stop', method: 'rules' });
  });

  it('shows what is expected as it is: what came of retries at once does not correct it', () => {
    const correctionOf = (): never => {
      throw new Error('was asked');
    };
    expect(answer({ gate: gateThat(PROBE), hindsight: { correctionOf } }).recommendation.estimatedSuccess).toBe(0.7);
    expect(() => answer({ said: LEARNED, hindsight: { correctionOf } })).toThrow('was asked');
  });

  it('lets others find out, and keeps no place from them', () => {
    expect(askedOf({})).toMatchObject({ letsOthersProbe: true, takesNoPlace: true });
  });
});

describe('a job that the rules would stop while its dependency is left alone, where what was learned is not sure enough to go on', () => {
  const exhausted = { said: UNSURE, features: { attemptNumber: 3 } };
  const closed: FleetGate = { ...gateThat({ ...PROBE, reasons: ['deferred_turn'] }), isCalm: true, isLeftAlone: false };

  it('waits', () => {
    expect(answer(exhausted).recommendation).toMatchObject({
      decision: 'defer',
      method: 'bayesian',
      confidence: 0,
      reasons: ['breaker_open', 'awaits_dependency', 'policy_matched', 'bayesian_unsure'],
      policyGuardrails: ['breaker'],
      estimatedSuccess: 0.7,
      maxAttempts: 5,
    });
  });

  it('gets the retry that it has waited for, and nobody else does', () => {
    const waited = answer({ ...exhausted, gate: { ...closed, hasWaited: true } });
    expect(waited.recommendation).toMatchObject({ decision: 'retry', method: 'bayesian', maxAttempts: 5 });
    const fresh = answer({ ...exhausted, gate: { ...closed, hasWaited: false } });
    expect(fresh.recommendation).toMatchObject({ decision: 'stop', method: 'rules', maxAttempts: 3 });
  });

  it.each<[string, Asked]>([
    ['nothing says that it is worth a retry then', { said: silenceOf('bayesian', 'bayesian_unsure') }],
    ['learning is only observed', { strategy: { ...STRATEGY, learning: { ...STRATEGY.learning, mode: 'observe' } } }],
    ['nobody would know it again', { features: { attemptNumber: 3, jobId: undefined } }],
  ])('is stopped where %s', (_where, asked) => {
    expect(answer({ ...exhausted, ...asked }).recommendation).toMatchObject({ decision: 'stop', method: 'rules' });
  });
});

describe('a last attempt', () => {
  const lets = (asked: Asked) => askedOf({ said: LEARNED, ...asked }).letsOthersProbe;

  it('lets others find out first whether the dependency is back', () => {
    expect(lets({ features: { attemptNumber: 4 } })).toBe(true);
  });

  it.each<[string, Asked]>([
    ['is not the last', { features: { attemptNumber: 3 } }],
    ['is of a critical job', { features: { attemptNumber: 4, critical: true } }],
    ['is the only retry there is', { strategy: { ...STRATEGY, learnedMaxAttempts: 2 } }],
  ])('goes itself where it %s', (_where, asked) => {
    expect(lets(asked)).toBe(false);
  });
});

describe('whether a dependency is left alone', () => {
  const breakers = [{ dependency: 'erp', state: 'open', reason: 'migration' }] as const;
  const fleet = new Fleet({
    guardrails: () => ({ ...STRATEGY.guardrails, breakerOverrides: breakers }),
    objective: () => STRATEGY.objective,
    maxDependencies: 10,
    maxTurns: 10,
  });
  const isLeftAlone = (features: Partial<RetryFeatures>) => fleet.meet(someFeatures(features), T0).isLeftAlone;

  it("is asked for failures that may be its fault, and not for those that are the job's own", () => {
    expect(isLeftAlone({ dependency: 'erp', errorClass: 'timeout' })).toBe(true);
    expect(isLeftAlone({ dependency: 'erp', errorClass: 'validation_error' })).toBe(false);
    expect(isLeftAlone({ dependency: 'crm', errorClass: 'timeout' })).toBe(false);
  });
});

describe('replay', () => {
  const recorded = ({ recommendation, evidence }: Decision, features: Partial<RetryFeatures>): DecisionRecord => ({
    recommendationId: 'r',
    decidedAtMs: T0,
    features: someFeatures({ jobId: 'job', ...features }),
    recommendation,
    evidence,
    rngSeed: [1, 2, 3, 4],
  });

  it.each<[string, Asked]>([
    ['puts off again what was put off', {}],
    ['lets go again what became a probe', { gate: gateThat(PROBE) }],
    ['stops again what there was no time for', { gate: gateThat(REFUSED) }],
    ['puts off again what the rules would stop', { said: UNSURE, features: { attemptNumber: 3 } }],
    [
      'gives again the retry that was waited for',
      {
        said: UNSURE,
        features: { attemptNumber: 3 },
        gate: { ...gateThat({ ...PROBE, reasons: [] }), isCalm: true, isLeftAlone: false },
      },
    ],
  ])('%s', (_what, asked) => {
    const decision = answer(asked);
    expect(replayDecision(recorded(decision, asked.features ?? {}), compiled()).recommendation).toEqual(
      decision.recommendation,
    );
  });

  it('stops again what an older version stopped at an open breaker', () => {
    const fleet: FleetEvidence = { isCalm: false, sharedHintMs: 0, verdict: null };
    const stopped = answer({ said: HOPELESS_FOR_EVER, gate: repeatGate(fleet) });
    expect(stopped.recommendation.decision).toBe('stop');
    expect(replayDecision(recorded(stopped, {}), compiled()).recommendation).toEqual(stopped.recommendation);
  });
});

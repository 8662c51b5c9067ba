import { describe, expect, it } from '@jest/globals';
import { createRng, type Proposal, type RetryFeatures, type Strategy } from '@smart-retry/domain';
import { someFeatures, someStrategy, T0 } from '@smart-retry/domain/testing';
import { loadModel } from '@smart-retry/ml';
import { BayesianMemory } from '@smart-retry/bayesian';
import { createBayesianLayer } from '../bayesian-layer.js';
import { decide } from '../decide.js';
import { sha256Hex } from '../digest.js';
import { repeatGate, type FleetGate } from '../fleet/fleet-gate.js';
import { handMadeModel, type HandMadeOptions } from '../testing/hand-made-model.js';
import { snapshotOf, taughtMemory } from '../testing/taught.js';
import { createExplainer } from './explain-model.js';
import { createMlLayer } from './ml-layer.js';
import { NO_MODELS, type LoadedModel, type ServingModels } from './serving-models.js';

const FAILURE = someFeatures({ incidentAgeMs: 0, jobId: 'job' });
const STRATEGY = someStrategy();
/** Retries succeed at once. */
const taught = taughtMemory({ outcomes: 400, isOverAfterMs: 0, features: FAILURE });

function loaded(options: HandMadeOptions = {}): LoadedModel {
  const { description, artifact } = handMadeModel(options);
  const scoring = loadModel(artifact, { sha256: sha256Hex });
  return { description, scoring, explain: createExplainer(scoring) };
}

interface Setting {
  readonly models?: Partial<ServingModels>;
  readonly memory?: BayesianMemory;
  readonly strategy?: Strategy;
  readonly isBeaten?: boolean;
  readonly gate?: FleetGate;
}

function decideWith(features: Partial<RetryFeatures>, setting: Setting = {}) {
  const { models = { champion: loaded() }, memory = taught, strategy = STRATEGY, isBeaten = false, gate } = setting;
  const mlLayer = createMlLayer({
    models: () => ({ ...NO_MODELS, revision: 1, ...models }),
    memory,
    means: () => ({}),
    contest: { isBeaten: () => isBeaten },
  });
  const learnedLayers = [mlLayer, createBayesianLayer(memory)];
  const snapshot = snapshotOf(strategy, memory, { learnedLayers, explores: false, gate });
  return decide({ ...FAILURE, ...features }, snapshot, T0, createRng([1, 2, 3, 4]));
}

const answer = (...question: Parameters<typeof decideWith>) => decideWith(...question).recommendation;
const trialOf = (...question: Parameters<typeof decideWith>) => decideWith(...question).evidence.layers[0]?.trial;

describe('the ml layer', () => {
  it('waits as long as its model says is worth most, where the Bayesian layer would retry at once', () => {
    const byBayesian = answer({}, { models: NO_MODELS });
    expect(byBayesian).toMatchObject({ method: 'bayesian', modelVersion: null });
    expect(byBayesian.delayMs).toBeLessThan(1_000);
    const byModel = answer({});
    expect(byModel).toMatchObject({ method: 'ml', decision: 'retry', modelVersion: 'v1' });
    expect(byModel.delayMs).toBeGreaterThan(15_000);
    expect(byModel.estimatedSuccess).toBeGreaterThan(0.75);
    const [lo, hi] = byModel.estimatedSuccessInterval;
    expect(lo).toBeLessThan(byModel.estimatedSuccess);
    expect(hi).toBeGreaterThan(byModel.estimatedSuccess);
  });

  it('says in one sentence what is worth most, what the model expects, and mostly why', () => {
    expect(answer({}).rationale).toMatch(
      /^Retry in .+: waiting .+ is worth 0\.\d+, .+ 0\.\d+; model v1 expects \d+ % of such retries to succeed, mostly by delay_ms \+\d+\.\d\d/,
    );
  });

  it('reads the context: an error code that never recovers is not retried', () => {
    const champion = loaded({ errorCode: ['E_GONE', -30] });
    const memory = new BayesianMemory({ maxCells: 100 });
    expect(answer({ errorCode: 'E_GONE' }, { models: { champion }, memory })).toMatchObject({
      method: 'ml',
      decision: 'stop',
      reasons: expect.arrayContaining(['not_worth_its_cost']),
    });
    expect(answer({ errorCode: 'E_OTHER' }, { models: { champion }, memory })).toMatchObject({ decision: 'retry' });
  });

  it('says of what it gives up what it expects at the beginning of an incident, where that is worth a retry', () => {
    const model = loaded();
    const expecting = (chanceThen: number): LoadedModel => ({
      ...model,
      scoring: Object.assign(Object.create(model.scoring) as LoadedModel['scoring'], {
        scoreDelays: ({ incidentAgeMs }: RetryFeatures, delays: ArrayLike<number>, chances: Float64Array) =>
          chances.fill(incidentAgeMs === 0 ? chanceThen : 0, 0, delays.length),
      }),
    });
    const memory = new BayesianMemory({ maxCells: 100 });
    const says = (chanceThen: number) =>
      decideWith({ incidentAgeMs: 3_600_000 }, { models: { champion: expecting(chanceThen) }, memory }).evidence
        .layers[0];
    expect(says(0.9)).toMatchObject({ action: 'stop', onceBack: { successProbability: 0.9 } });
    expect(says(0)).toMatchObject({ action: 'stop' });
    expect(says(0)?.onceBack).toBeUndefined();
  });

  it('says what it expects of a retry at once where that may be a probe', () => {
    const gate = (isCalm: boolean) => repeatGate({ isCalm, sharedHintMs: 0, verdict: null });
    const says = (isCalm: boolean) => decideWith({}, { gate: gate(isCalm) }).evidence.layers[0];
    const { atOnce, estimate } = says(false) as Proposal;
    expect(atOnce?.successProbability).toBeLessThan(estimate.successProbability - 0.2);
    expect(says(true)).not.toHaveProperty('atOnce');
  });

  it('gives up nothing that the Bayesian layer is sure enough to retry: no outcome would ever show it to be wrong', () => {
    const champion = loaded({ errorCode: ['E_GONE', -30] });
    const failure = { errorCode: 'E_GONE', attemptNumber: 2 };
    const recommendation = answer(failure, { models: { champion } });
    expect(recommendation).toMatchObject({ method: 'bayesian', decision: 'retry' });
    expect(recommendation.reasons).toContain('ml_unsure');
    const memory = new BayesianMemory({ maxCells: 100 });
    expect(answer(failure, { models: { champion }, memory })).toMatchObject({ method: 'ml', decision: 'stop' });
  });

  it('speaks of kinds of failure that the Bayesian layer knows nothing of', () => {
    const memory = new BayesianMemory({ maxCells: 100 });
    expect(answer({}, { memory })).toMatchObject({ method: 'ml', decision: 'retry' });
  });

  it.each<[string, Partial<RetryFeatures>, Setting, string]>([
    ['it is switched off', {}, { strategy: { ...STRATEGY, mlEnabled: false } }, 'ml_disabled'],
    ['nothing is deployed', {}, { models: NO_MODELS }, 'ml_no_model'],
    ['attempts are used up', { attemptNumber: 3 }, {}, 'ml_attempts_exhausted'],
    ['it is less sure than asked for', {}, { strategy: { ...STRATEGY, mlThreshold: 1.1 } }, 'ml_unsure'],
    ['the Bayesian layer has known better', {}, { isBeaten: true }, 'ml_not_better'],
    ['the job is not in the canary', {}, { models: { canary: { model: loaded(), percent: 0 } } }, 'ml_not_in_canary'],
  ])('is silent where %s', (_why, features, setting, reason) => {
    const recommendation = answer(features, setting);
    expect(recommendation.method).not.toBe('ml');
    expect(recommendation.reasons).toContain(reason);
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('a defect');
      },
    ],
    ['answers no probability', (_context: unknown, _delays: unknown, out: Float64Array) => void out.fill(NaN)],
  ])('leaves the answer to others where the model %s, and says so', (_how, scoreDelays) => {
    const sound = loaded();
    const champion = { ...sound, scoring: { ...sound.scoring, scoreDelays } };
    const { recommendation, evidence } = decideWith({}, { models: { champion } });
    expect(recommendation.method).toBe('bayesian');
    expect(evidence.layers[0]).toMatchObject({ reason: 'ml_failed', trial: { arm: 'v1' } });
  });

  it('answers without reasons where the model cannot say them', () => {
    const explain = () => {
      throw new TypeError('a defect');
    };
    const { recommendation } = decideWith({}, { models: { champion: { ...loaded(), explain } } });
    expect(recommendation).toMatchObject({ method: 'ml', decision: 'retry' });
    expect(recommendation.rationale).not.toContain('mostly by');
  });

  it('overrides the Bayesian layer only where the difference is more than it may be mistaken by', () => {
    const champion = loaded({ metrics: { ece: 1 } });
    expect(answer({}, { models: { champion } })).toMatchObject({ method: 'bayesian' });
    expect(answer({}, { models: { champion } }).reasons).toContain('ml_unsure');
    // Where both would do the same, nothing is at stake.
    const agreeing = loaded({ perLogDelay: -3, metrics: { ece: 1 } });
    expect(answer({}, { models: { champion: agreeing } })).toMatchObject({ method: 'ml', decision: 'retry' });
  });

  it('keeps within the guardrails, and waits no shorter than a server asks for', () => {
    const strategy = someStrategy(undefined, { maxDelayMs: 12_000 });
    expect(answer({}, { strategy }).delayMs).toBeLessThanOrEqual(12_000);
    expect(answer({ retryAfterMs: 90_000 }).delayMs).toBeGreaterThanOrEqual(90_000);
    const memory = new BayesianMemory({ maxCells: 100 });
    expect(answer({ retryAfterMs: 90_000 }, { memory }).delayMs).toBeGreaterThanOrEqual(90_000);
    expect(answer({ deadlineAtMs: T0 + 9_000 }, { memory }).delayMs).toBeLessThanOrEqual(9_000);
  });

  it('never overrides a validation stop', () => {
    expect(answer({ errorClass: 'validation' })).toMatchObject({ decision: 'stop', method: 'guardrails' });
  });

  it('notes whose turn it was, and what was expected of each delay, whoever speaks in the end', () => {
    expect(trialOf({})).toMatchObject({ arm: 'v1' });
    expect(trialOf({}, { isBeaten: true })?.forecasts.length).toBeGreaterThan(4);
    const [, byModel, byBayesian] = trialOf({})?.forecasts[0] ?? [];
    expect(byModel).toBeLessThan(0.1);
    expect(byBayesian).toBeGreaterThan(0.9);
    const models = { canary: { model: loaded(), percent: 0 } };
    expect(trialOf({}, { models })).toEqual({ arm: 'bayesian', forecasts: [] });
    expect(trialOf({}, { models: { ...models, champion: loaded({ version: 'old' }) } })).toMatchObject({ arm: 'old' });
    expect(trialOf({}, { models: NO_MODELS })).toBeUndefined();
  });

  it('asks a shadow as well, and lets it decide nothing', () => {
    const shadow = loaded({ version: 'shadow' });
    const { recommendation, evidence } = decideWith({}, { models: { shadow } });
    expect(recommendation).toMatchObject({ method: 'bayesian', modelVersion: null });
    expect(recommendation.delayMs).toBeLessThan(1_000);
    expect(evidence.layers[0]?.trial).toMatchObject({ arm: 'bayesian', shadow: { modelVersion: 'shadow' } });
    expect(evidence.layers[0]?.trial?.shadow?.delayMs).toBeGreaterThan(15_000);
  });

  it('takes no part in a comparison where learning is only observed', () => {
    const strategy = { ...STRATEGY, learning: { ...STRATEGY.learning, mode: 'observe' as const } };
    expect(trialOf({}, { strategy })).toBeUndefined();
    expect(answer({}, { strategy })).toMatchObject({ method: 'rules' });
  });
});

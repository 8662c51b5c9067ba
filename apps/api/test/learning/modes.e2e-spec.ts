import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import {
  askOften,
  isExplored,
  RECOVERY_MS,
  samplesOf,
  teachRecovery,
  type Advice,
  type Kind,
} from '../support/teaching.js';

type Json = Readonly<Record<string, unknown>>;

let api: RunningApi;
let client: Client;
let initial: Json;
let kinds = 0;
let kind: Kind;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
  initial = { ...(await client.get('/strategy')).body, learned_max_attempts: 8 };
});

afterAll(async () => {
  await api.stop();
});

/** A kind of failure that nothing is known of, not even of its class. */
beforeEach(async () => {
  kind = { job_type: `job_${kinds}`, error_class: `stall_${kinds++}` };
  await put({});
});

const put = async (changes: Json) => {
  const { status, text } = await client.put('/strategy', { ...initial, ...changes });
  expect({ status, text }).toEqual({ status: 200, text: expect.any(String) });
};
const putLearning = (learning: Json) => put({ learning });
const untilSamples = (count: number) =>
  untilPasses(async () => expect(await samplesOf(client, kind)).toBe(count), { deadlineMs: 5_000 });
const methodsOf = async (job: object = kind) => [...new Set((await askOften(client, job)).map(({ method }) => method))];
const layersOf = async (recommendationId: string) => {
  const { body } = await client.get(`/decisions/${recommendationId}`);
  return (body['evidence'] as { readonly layers: readonly Json[] }).layers;
};

describe('learning that is on', () => {
  it('speaks, and now and then tries something else', async () => {
    await teachRecovery(client, kind);
    const advice = await askOften(client, kind, 300);
    expect(new Set(advice.map(({ method }) => method))).toEqual(new Set(['bayesian']));
    const explored = advice.filter(isExplored);
    expect(explored.length).toBeGreaterThan(0);
    // At most max_share + anchor_share of them, with room for chance.
    expect(explored.length).toBeLessThan(300 * 0.32);
    const best = advice.filter((answer) => !isExplored(answer));
    for (const { delay_ms, propensity, reasons } of best) {
      expect(delay_ms).toBeGreaterThanOrEqual(0.9 * RECOVERY_MS);
      expect(propensity).toBeGreaterThan(0.5);
      expect(propensity).toBeLessThan(1);
      expect(reasons).not.toContain('bayesian_unsure');
    }
  });

  it('keeps with each decision what would have been tried, and how often', async () => {
    await teachRecovery(client, kind);
    const [answer] = await askOften(client, kind, 1);
    const layers = await layersOf(answer?.recommendation_id ?? '');
    const proposal = layers.find(({ layer }) => layer === 'bayesian');
    expect(proposal).toMatchObject({
      kind: 'proposal',
      exploration: { share: expect.closeTo(0.02 + 0.2 * (50 / 120), 6), actions: expect.any(Array) },
      alternatives: expect.any(Array),
    });
    const { actions } = proposal?.['exploration'] as { readonly actions: readonly { readonly weight: number }[] };
    expect(actions.length).toBeGreaterThan(1);
    expect(actions.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 4);
    expect(layers.map(({ layer }) => layer)).toEqual(['ml', 'bayesian']);
  });

  it('explores from ten outcomes on, before it is sure enough to speak', async () => {
    await teachRecovery(client, kind, { retries: 9 });
    const before = await askOften(client, kind);
    expect(before.filter(isExplored)).toEqual([]);
    expect(before.every(({ reasons }) => reasons.includes('bayesian_no_posterior'))).toBe(true);
    await teachRecovery(client, kind, { retries: 3 });
    const after = await askOften(client, kind, 300);
    expect(after.some(isExplored)).toBe(true);
    expect(after.every(({ method }) => method === 'rules')).toBe(true);
    expect(after.every(({ reasons }) => reasons.includes('bayesian_unsure'))).toBe(true);
  });

  it('says of what is tried how likely that is, not how likely the best would be', async () => {
    await teachRecovery(client, kind);
    await put({ exploration: { max_share: 0, anchor_share: 1 } });
    const tried = await askOften(client, kind, 300);
    const meanOf = (answers: readonly Advice[]) =>
      answers.reduce((sum, { estimated_success }) => sum + estimated_success, 0) / answers.length;
    const early = tried.filter(({ delay_ms }) => delay_ms < 5_000);
    const late = tried.filter(({ delay_ms }) => delay_ms >= 15_000 && delay_ms < 30_000);
    expect(meanOf(early)).toBeLessThan(0.3);
    expect(meanOf(late)).toBeGreaterThan(0.8);
    for (const {
      estimated_success,
      estimated_success_interval: [lo, hi],
    } of tried) {
      expect(lo).toBeLessThanOrEqual(estimated_success);
      expect(hi).toBeGreaterThanOrEqual(estimated_success);
    }
  });

  it('explores only so far as it is told, and is then certain of what it does', async () => {
    await teachRecovery(client, kind);
    await put({ exploration: { enabled: false } });
    const advice = await askOften(client, kind, 300);
    expect(advice.filter(isExplored)).toEqual([]);
    expect(new Set(advice.map(({ method }) => method))).toEqual(new Set(['bayesian']));
    // Nothing but the jitter is drawn, and that stays in one bucket or falls into two.
    const propensities = [...new Set(advice.map(({ propensity }) => propensity))];
    expect(propensities.length).toBeLessThanOrEqual(2);
    expect(propensities.reduce((sum, propensity) => sum + propensity, 0)).toBeCloseTo(1, 4);
    const [answer] = advice;
    for (const layer of await layersOf(answer?.recommendation_id ?? ''))
      expect(layer).not.toHaveProperty('exploration');
  });

  it('never explores a critical job, though it would hardly do anything else', async () => {
    await teachRecovery(client, kind);
    await put({ exploration: { max_share: 0, anchor_share: 1 } });
    expect((await askOften(client, kind)).filter(isExplored)).toHaveLength(100);
    const critical = await askOften(client, { ...kind, critical: true });
    expect(critical.filter(isExplored)).toEqual([]);
    expect(critical.every(({ method }) => method === 'bayesian')).toBe(true);
  });
});

describe('learning that only observes', () => {
  it('lets the rules answer, tries nothing, and keeps what it would have said', async () => {
    await teachRecovery(client, kind);
    await putLearning({ mode: 'observe' });
    await untilSamples(120);
    const advice = await askOften(client, kind);
    for (const { method, reasons, delay_ms } of advice) {
      expect(method).toBe('rules');
      expect(reasons).toContain('learning_observed');
      expect(delay_ms).toBeLessThan(RECOVERY_MS);
    }
    expect(advice.filter(isExplored)).toEqual([]);
    const layers = await layersOf(advice[0]?.recommendation_id ?? '');
    expect(layers).toContainEqual(expect.objectContaining({ kind: 'proposal', layer: 'bayesian', action: 'retry' }));
    // Control: the same knowledge speaks as soon as it may.
    await put({});
    await untilSamples(120);
    expect(await methodsOf()).toEqual(['bayesian']);
  });
});

describe('learning that is off', () => {
  it('asks nobody, forgets, and finds everything again when it is on', async () => {
    await teachRecovery(client, kind);
    await putLearning({ mode: 'off' });
    await untilSamples(0);
    const advice = await askOften(client, kind);
    expect(advice.every(({ method, reasons }) => method === 'rules' && reasons.includes('learning_off'))).toBe(true);
    expect(advice.filter(isExplored)).toEqual([]);
    // Recorded all the same.
    await teachRecovery(client, kind, { retries: 8 });
    expect(await samplesOf(client, kind)).toBe(0);
    await put({});
    await untilSamples(128);
    expect(await methodsOf()).toEqual(['bayesian']);
  });

  it('may be so for one job type alone', async () => {
    const other = { ...kind, job_type: `${kind.job_type}_other` };
    await teachRecovery(client, kind);
    await teachRecovery(client, other);
    await putLearning({ job_types: [{ job_type: kind.job_type, mode: 'off' }] });
    await untilSamples(0);
    await untilPasses(async () => expect(await samplesOf(client, other)).toBe(120));
    expect(await methodsOf()).toEqual(['rules']);
    expect(await methodsOf(other)).toEqual(['bayesian']);
  });
});

describe('a job type', () => {
  it('that is pinned answers from what was known then, tries nothing and learns nothing', async () => {
    await teachRecovery(client, kind);
    const pinned_at = new Date(Date.now() + 1).toISOString();
    await untilPasses(() => Promise.resolve(expect(Date.now()).toBeGreaterThan(Date.parse(pinned_at))));
    await putLearning({ job_types: [{ job_type: kind.job_type, pinned_at }] });
    await untilSamples(120);
    await teachRecovery(client, kind);
    expect(await samplesOf(client, kind)).toBe(120);
    const advice = await askOften(client, kind, 300);
    expect(advice.filter(isExplored)).toEqual([]);
    expect(new Set(advice.map(({ method }) => method))).toEqual(new Set(['bayesian']));
    // Control: unpinned, what came later counts too.
    await put({});
    await untilSamples(240);
  });

  it('that is reset begins anew, and has all of it back when that is undone', async () => {
    await teachRecovery(client, kind);
    const ignore_before = new Date(Date.now() + 1).toISOString();
    await putLearning({ job_types: [{ job_type: kind.job_type, ignore_before }] });
    await untilSamples(0);
    expect(await methodsOf()).toEqual(['rules']);
    await untilPasses(() => Promise.resolve(expect(Date.now()).toBeGreaterThan(Date.parse(ignore_before))));
    await teachRecovery(client, kind, { retries: 60 });
    expect(await samplesOf(client, kind)).toBe(60);
    await put({});
    await untilSamples(180);
  });
});

describe('an excluded window', () => {
  it('takes its outcomes out of what was learned, of its job type alone', async () => {
    const other = { ...kind, job_type: `${kind.job_type}_other` };
    await teachRecovery(client, kind);
    await teachRecovery(client, other);
    const window = {
      from: new Date(Date.now() - 60_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
      job_type: kind.job_type,
      reason: 'load test',
    };
    await putLearning({ excluded_windows: [window] });
    await untilSamples(0);
    await untilPasses(async () => expect(await samplesOf(client, other)).toBe(120));
    expect(await methodsOf()).toEqual(['rules']);
    await putLearning({ excluded_windows: [{ ...window, to: window.from, from: '2020-01-01T00:00:00Z' }] });
    await untilSamples(120);
    expect(await methodsOf()).toEqual(['bayesian']);
  });
});

describe('what is known', () => {
  it('never makes a validation error a retry', async () => {
    const invalid = { ...kind, error_class: 'validation' };
    await teachRecovery(client, invalid);
    await put({ exploration: { max_share: 0, anchor_share: 1 } });
    expect(await samplesOf(client, invalid)).toBe(120);
    for (const { decision, method, reasons, propensity } of await askOften(client, invalid)) {
      expect({ decision, method, propensity }).toEqual({ decision: 'stop', method: 'guardrails', propensity: 1 });
      expect(reasons).toEqual(['validation_stop']);
    }
    // Control: the same outcomes after another error would.
    await teachRecovery(client, kind);
    expect((await askOften(client, kind)).some(({ decision }) => decision === 'retry')).toBe(true);
  });

  it('goes no further than the attempts and delays that it is allowed', async () => {
    await teachRecovery(client, kind);
    await put({
      learned_max_attempts: 12,
      exploration: { max_share: 0, anchor_share: 1 },
      guardrails: { ...(initial['guardrails'] as Json), max_attempts: 10, max_delay_ms: 20_000 },
    });
    for (const { delay_ms, max_attempts } of await askOften(client, kind, 300)) {
      expect(delay_ms).toBeLessThanOrEqual(20_000);
      expect(max_attempts).toBe(10);
    }
    const last = await askOften(client, { ...kind, attempt_number: 10 });
    expect(last.every(({ decision }) => decision === 'stop')).toBe(true);
    expect(last.filter(isExplored)).toEqual([]);
  });

  it('is counted', async () => {
    const metric = async (name: string) => {
      const { text } = await client.get('/metrics');
      const line = text.split('\n').find((candidate) => candidate.startsWith(`smart_retry_${name} `));
      return Number(line?.split(' ').at(-1));
    };
    await teachRecovery(client, kind);
    await askOften(client, kind, 300);
    expect(await metric('learning_warm')).toBe(1);
    expect(await metric('learning_cells')).toBeGreaterThan(0);
    expect(await metric('learning_outcomes_total')).toBeGreaterThanOrEqual(120);
    expect(await metric('learning_rebuilds_total')).toBeGreaterThan(0);
    for (const reason of ['exploration', 'bayesian_no_posterior', 'learning_off', 'learning_observed']) {
      expect(await metric(`decision_reasons_total{reason="${reason}"}`)).toBeGreaterThan(0);
    }
    expect(await metric('recommendations_total{method="bayesian",decision="retry"}')).toBeGreaterThan(0);
  });
});

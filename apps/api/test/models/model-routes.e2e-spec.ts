import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { openRegistry, type RegisteredModels } from '../support/registered-models.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const TIMEOUT_MS = 120_000;
/** The seed's own request to deploy, but for the version. */
const deployment = (version: string, canaryPercent = 100) => ({
  model: { version, model_type: 'logistic' },
  canary_percent: canaryPercent,
});

let registry: RegisteredModels;
let api: RunningApi;
let client: Client;

beforeAll(async () => {
  registry = await openRegistry();
  for (const version of ['long', 'longer']) await registry.register({ version });
  await registry.register({ version: 'short', perLogDelay: -3 });
  await registry.register({ version: 'unskilled', metrics: { skill: 0.001, skillStandardError: 0.01 } });
  await registry.register({ version: 'broken', hasWrongGoldenRows: true });
  await registry.register({ version: 'v1642680000' });
  api = await startApi({ env: { RETRY_DATABASE_URL: registry.database.url } });
  client = createClient(api.baseUrl);
}, TIMEOUT_MS);

afterAll(async () => {
  expect(await api.stop()).toBe(0);
  await registry.close();
}, TIMEOUT_MS);

beforeEach(async () => {
  while ((await client.post('/ml/rollback')).status === 200);
});

const ask = async (jobId: string, more = {}) => {
  const body = { job_type: 'email_send', error_class: 'timeout', attempt_number: 1, job_id: jobId, ...more };
  return (await client.post('/recommendation', body)).body;
};
const servedNow = async () => (await client.get('/ml/models')).body['serving'];

describe('GET /ml/models', () => {
  it('lists models with what training answers, their metrics and where they come from', async () => {
    const { status, body } = await client.get('/ml/models?limit=3');
    expect(status).toBe(200);
    expect(body['models']).toHaveLength(3);
    const { body: next } = await client.get(`/ml/models?cursor=${String(body['next_cursor'])}`);
    expect(next).toMatchObject({ models: [{}, {}, {}], next_cursor: null });
  });

  it('describes one model; another one is 404', async () => {
    expect((await client.get('/ml/models/long')).body).toMatchObject({
      version: 'long',
      model_type: 'logistic',
      features: ['attempt_number', 'delay_ms'],
      accuracy: 0.87,
      f1_score: 0.84,
      validation_set: '20% of 5000 samples',
      enabled: false,
      metadata: { training_samples: 4000, validation_samples: 1000, feature_count: 2 },
      metrics: { log_loss: 0.4, auc: 0.81, base_rate: 0.4 },
      artifact: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      place: null,
    });
    expectProblem(await client.get('/ml/models/none'), 404, 'MODEL_NOT_FOUND');
  });

  it.each(['/ml/models?cursor=x', '/ml/models?limit=0', '/ml/deployments?cursor=x'])('refuses %s', async (path) =>
    expectProblem(await client.get(path), 400, 'INVALID_REQUEST'),
  );

  it('refuses a time that is none', async () => {
    expect(await client.get('/ml/deployments?at=noon')).toMatchObject({
      status: 400,
      body: { fields: [{ path: 'at' }] },
    });
  });
});

describe('POST /ml/deploy', () => {
  it('lets a model answer all jobs at 100 percent, and says which one answered', async () => {
    expect(await client.post('/ml/deploy', deployment('long'))).toMatchObject({
      status: 200,
      body: { status: 'deployed', version: 'long', champion: 'long', canary: null, deployed_by: 'api' },
    });
    const answer = await ask('any');
    expect(answer).toMatchObject({ method: 'ml', model_version: 'long' });
    expect(answer['rationale']).toContain('model long expects');
    expect((await client.get('/ml/models/long')).body).toMatchObject({ enabled: true, place: 'champion' });
  });

  it.each([
    [0, 0, 0],
    [10, 9, 11],
    [100, 100, 100],
  ])(
    'gives a canary %d percent of 10,000 jobs, and a job the same answer to each question',
    async (percent, lo, hi) => {
      await client.post('/ml/deploy', deployment('long', percent));
      const methods = async (from: number, count: number) => {
        const features = Array.from({ length: count }, (_, i) => ({
          job_type: 'email_send',
          error_class: 'timeout',
          attempt_number: 1,
          job_id: `job-${from + i}`,
        }));
        const { body } = await client.post('/recommendation/batch', { features });
        return (body['recommendations'] as readonly { readonly method: string }[]).map(({ method }) => method);
      };
      const first: string[] = [];
      for (let from = 0; from < 10_000; from += 1_000) first.push(...(await methods(from, 1_000)));
      const share = (100 * first.filter((method) => method === 'ml').length) / first.length;
      expect(share).toBeGreaterThanOrEqual(lo);
      expect(share).toBeLessThanOrEqual(hi);
      expect(await methods(0, 1_000)).toEqual(first.slice(0, 1_000));
    },
  );

  it('takes the published example as it is', async () => {
    const example = '{"model": {"version": "v1642680000", "model_type": "logistic"}, "canary_percent": 10.0}';
    expect(await client.post('/ml/deploy', example)).toMatchObject({
      status: 200,
      body: { status: 'deployed', canary: 'v1642680000', canary_percent: 10 },
    });
    expect(await client.post('/ml/rollback')).toMatchObject({ status: 200, body: { status: 'rolled_back' } });
  });

  it('looks the version up and ignores what the client says of it', async () => {
    const sent = { ...deployment('long', 10).model, accuracy: 89.1, f1_score: 7, enabled: true };
    expect((await client.post('/ml/deploy', { model: sent, canary_percent: 10 })).status).toBe(200);
    expect((await client.get('/ml/models/long')).body).toMatchObject({ accuracy: 0.87, f1_score: 0.84 });
    expectProblem(await client.post('/ml/deploy', deployment('none')), 404, 'MODEL_NOT_FOUND');
  });

  it('refuses a model that knows no more than the share of successes, unless it is forced', async () => {
    const refused = await client.post('/ml/deploy', deployment('unskilled'));
    expectProblem(refused, 409, 'PROMOTION_REFUSED');
    expect(refused.body['details']).toContain('its log-loss is lower by 0.0010');
    await registry.register({ version: 'misled', metrics: { skill: -0.1325, skillStandardError: 0.01 } });
    const misled = await client.post('/ml/deploy', deployment('misled'));
    expect(misled.body['details']).toContain('its log-loss is higher by 0.1325');
    expect(await servedNow()).toMatchObject({ champion: null });
    const forced = await client.post('/ml/deploy', { ...deployment('unskilled'), force: true });
    expect(forced).toMatchObject({ status: 200, body: { champion: 'unskilled' } });
  });

  it('refuses a model that does not predict what it predicted when it was trained; what served serves on', async () => {
    await client.post('/ml/deploy', deployment('long'));
    expectProblem(await client.post('/ml/deploy', deployment('broken')), 422, 'MODEL_CORRUPT');
    expect(await ask('after')).toMatchObject({ method: 'ml', model_version: 'long' });
    expect(await servedNow()).toMatchObject({ champion: 'long', refused: null });
  });

  it.each([
    [{}, 'model'],
    [{ model: {} }, 'model.version'],
    [{ ...deployment('long'), canary_percent: 101 }, 'canary_percent'],
    [{ ...deployment('long'), canary_percent: '10' }, 'canary_percent'],
    [{ ...deployment('long'), canary: 10 }, 'canary'],
    [{ model: { version: 'long', model_type: 'gradient_boosting' } }, 'model.model_type'],
  ])('refuses %j', async (body, path) => {
    const answer = await client.post('/ml/deploy', body);
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(answer.body['fields']).toContainEqual(expect.objectContaining({ path }));
  });

  it('lets a shadow be asked, and decide nothing', async () => {
    const shadowed = await client.post('/ml/deploy', { ...deployment('long'), shadow: true });
    expect(shadowed.body).toMatchObject({ status: 'shadowed', champion: null, shadow: 'long' });
    const { recommendation_id: id, ...answer } = await ask('shadowed');
    expect(answer).toMatchObject({ method: 'rules', model_version: null });
    const { body } = await client.get(`/decisions/${String(id)}`);
    const evidence = body['evidence'] as { readonly layers: readonly object[] };
    expect(evidence.layers[0]).toMatchObject({
      layer: 'ml',
      trial: { arm: 'bayesian', shadow: { model_version: 'long' } },
    });
  });

  it('moves once for each Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'deploy-once' };
    const first = await client.post('/ml/deploy', deployment('long', 10), { headers });
    const again = await client.post('/ml/deploy', deployment('long', 10), { headers });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('answers nobody where models are switched off', async () => {
    await client.post('/ml/deploy', deployment('long'));
    const { body: strategy } = await client.get('/strategy');
    await client.put('/strategy', { ...strategy, ml_enabled: false });
    expect(await ask('off')).toMatchObject({ method: 'rules', reasons: expect.arrayContaining(['ml_disabled']) });
    await client.put('/strategy', { ...strategy, ml_threshold: 1 });
    expect((await client.get('/strategy')).body).toMatchObject({ ml_enabled: true, ml_threshold: 1 });
    await client.put('/strategy', strategy);
  });
});

describe('POST /ml/rollback', () => {
  it('returns step by step to exactly what served before, at last to no model, and then is 409', async () => {
    await client.post('/ml/deploy', deployment('long'));
    await client.post('/ml/deploy', deployment('short'));
    await client.post('/ml/deploy', deployment('longer', 25));
    const back = async () => (await client.post('/ml/rollback', { reason: 'drill' })).body;
    expect(await back()).toMatchObject({ status: 'rolled_back', version: 'longer', champion: 'short', canary: null });
    expect(await ask('one')).toMatchObject({ model_version: 'short' });
    expect(await back()).toMatchObject({ version: 'short', champion: 'long', reason: 'drill' });
    expect(await ask('two')).toMatchObject({ model_version: 'long' });
    expect(await back()).toMatchObject({ version: 'long', champion: null, previous_revision: null });
    expect(await ask('three')).toMatchObject({ method: 'rules', model_version: null });
    const typed = { headers: { 'content-type': 'application/json' } };
    for (const body of [undefined, '', 'null', '{}']) {
      expectProblem(await client.post('/ml/rollback', body, typed), 409, 'NOTHING_TO_ROLL_BACK');
    }
  });

  it('takes a ramp of one model back as a whole', async () => {
    await client.post('/ml/deploy', deployment('long'));
    for (const percent of [5, 50, 100]) await client.post('/ml/deploy', deployment('short', percent));
    expect((await client.post('/ml/rollback')).body).toMatchObject({ champion: 'long', canary: null });
  });
});

describe('GET /ml/deployments', () => {
  it('knows what served at any time, and the history of the configuration knows who moved it', async () => {
    const { body: deployed } = await client.post('/ml/deploy', { ...deployment('long', 40), reason: 'try it' });
    await client.post('/ml/rollback');
    const at = encodeURIComponent(String(deployed['deployed_at']));
    const { body } = await client.get(`/ml/deployments?at=${at}&limit=1`);
    expect(body['deployments']).toEqual([deployed]);
    const { body: newest } = await client.get('/ml/deployments?limit=1');
    expect(newest['deployments']).toMatchObject([{ status: 'rolled_back', version: 'long' }]);
    const { body: before } = await client.get(`/ml/deployments?limit=1&cursor=${String(newest['next_cursor'])}`);
    expect(before['deployments']).toEqual([deployed]);
    const { body: history } = await client.get('/configuration/history?limit=2');
    expect(history['entries']).toMatchObject([
      { action: 'model.rolled_back', target: 'long', changed_by: 'api' },
      { action: 'model.deployed', target: 'long' },
    ]);
  });
});

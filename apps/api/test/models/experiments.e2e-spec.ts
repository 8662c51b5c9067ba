import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { openRegistry, type RegisteredModels } from '../support/registered-models.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const TIMEOUT_MS = 120_000;
const JOBS = 400;

let registry: RegisteredModels;
let api: RunningApi;
let client: Client;

beforeAll(async () => {
  registry = await openRegistry();
  await registry.register({ version: 'long' });
  api = await startApi({ env: { RETRY_DATABASE_URL: registry.database.url } });
  client = createClient(api.baseUrl);
}, TIMEOUT_MS);

afterAll(async () => {
  expect(await api.stop()).toBe(0);
  await registry.close();
}, TIMEOUT_MS);

interface ShownArm {
  readonly arm: string;
  readonly decisions: number;
  readonly success_rate: number;
  readonly success_rate_interval: readonly [number, number];
  readonly utility: number;
}

describe('GET /ml/experiments', () => {
  it('has no arms before anything is deployed', async () => {
    expect(await client.get('/ml/experiments')).toMatchObject({
      status: 200,
      body: { arms: [], canary: null, champion: null, difference: null, judgement: null },
    });
  });

  it(
    'counts decisions, outcomes and utility for the arm whose turn it was',
    async () => {
      const body = { model: { version: 'long', model_type: 'logistic' }, canary_percent: 50 };
      expect((await client.post('/ml/deploy', body)).status).toBe(200);
      const kind = { job_type: 'email_send', error_class: 'timeout', attempt_number: 1 };
      const features = Array.from({ length: JOBS }, (_, i) => ({ ...kind, job_id: `job-${i}` }));
      const { body: answer } = await client.post('/recommendation/batch', { features });
      const advice = answer['recommendations'] as readonly {
        readonly method: string;
        readonly delay_ms: number;
        readonly recommendation_id: string;
      }[];
      const byModel = advice.filter(({ method }) => method === 'ml').length;
      // What the model advises succeeds four times in five, what the rules advise never.
      const attempts = advice.map(({ method, delay_ms, recommendation_id }, i) => ({
        job_id: `job-${i}`,
        job_type: 'email_send',
        attempt_number: 2,
        success: method === 'ml' && i % 5 !== 0,
        delay_ms,
        recommendation_id,
      }));
      expect((await client.post('/attempt/batch', { attempts })).status).toBe(200);
      const { body: shown } = await client.get('/ml/experiments');
      const [bayesian, model] = shown['arms'] as readonly [ShownArm, ShownArm];
      expect(bayesian).toMatchObject({
        arm: 'bayesian',
        place: 'baseline',
        decisions: JOBS - byModel,
        success_rate: 0,
      });
      expect(model).toMatchObject({
        arm: 'long',
        place: 'canary',
        decisions: byModel,
        outcomes: byModel,
        jobs: byModel,
      });
      expect(model.success_rate_interval[0]).toBeLessThan(0.8);
      expect(model.success_rate_interval[1]).toBeGreaterThan(0.8);
      expect(model.utility).toBeGreaterThan(0.5);
      expect(bayesian.utility).toBeLessThan(0);
      expect(shown).toMatchObject({ canary: 'long', canary_percent: 50, champion: null });
      const difference = shown['difference'] as { readonly utility: number; readonly interval: readonly number[] };
      expect(difference.interval[0]).toBeGreaterThan(0.5);
      const { body: model_ } = await client.get('/ml/models/long');
      expect(model_).toMatchObject({ place: 'canary', against_bayesian: { outcomes: 0 } });
    },
    TIMEOUT_MS,
  );

  it.each([
    ['from=yesterday', 'from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
  ])('refuses %s', async (query, path) => {
    const answer = await client.get(`/ml/experiments?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { fields: [{ path }] } });
  });
});

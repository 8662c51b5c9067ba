import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handMadeModel } from '@smart-retry/engine/testing';
import { createTestDatabase, openPatiently, type TestDatabase } from '@smart-retry/storage/testing';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { startTrainer, type RunningTrainer } from './support/start-trainer.js';

const ASYNC = { headers: { prefer: 'respond-async' } };
const LOGISTIC = { model_type: 'logistic', features: ['error_class', 'attempt_number'], cross_validation: 0 };
/** Some seconds of work; more with more rounds. */
const TREES = (max_rounds: number) => ({
  model_type: 'gradient_boosting',
  features: ['error_class', 'attempt_number', 'payload_size'],
  cross_validation: 5,
  hyperparameters: { max_rounds, early_stopping_rounds: Math.min(max_rounds, 1_000) },
});
const WAIT = { deadlineMs: 90_000 };

describe('training', () => {
  let database: TestDatabase;
  let api: RunningApi;
  let client: Client;
  let env: Readonly<Record<string, string>>;
  const trainers: RunningTrainer[] = [];
  const start = async () => {
    trainers.push(await startTrainer(env));
  };
  beforeAll(async () => {
    database = await createTestDatabase();
    env = { RETRY_DATABASE_URL: database.url, RETRY_TRAINER_JUDGE_INTERVAL: '200ms', RETRY_TRAINER_JUDGE_LAG: '0s' };
    api = await startApi({ env });
    client = createClient(api.baseUrl);
    // Under load the first migration outlasts what a call may wait for it.
    await untilPasses(async () => expect((await client.get('/ml/jobs')).status).toBe(200), WAIT);
  }, 120_000);
  afterAll(async () => {
    for (const trainer of trainers) await trainer.stop();
    await api.stop();
    await database.drop();
  }, 60_000);

  /** Retries over two days: the longer the wait, the likelier the success. */
  const teach = async (retries: number, name: string) => {
    const attempts = Array.from({ length: retries }, (_, i) => {
      const delay_ms = [1_000, 4_000, 12_000, 25_000][i % 4] ?? 0;
      return {
        job_id: `${name}-${i}`,
        job_type: 'email_send',
        error_class: i % 3 === 0 ? 'timeout' : 'rate_limit',
        attempt_number: 2,
        payload_size: (i * 37) % 1_000,
        delay_ms,
        success: (i * 7919) % 100 < 20 + delay_ms / 400,
        timestamp: new Date(Date.now() - 172_800_000 + i * 60_000 * (2_800 / retries)).toISOString(),
      };
    });
    const { status } = await client.post('/attempt/batch', { attempts });
    expect(status).toBe(200);
  };
  const order = async (body: object) => {
    const { status, headers, body: job } = await client.post('/ml/train', body, ASYNC);
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`${new URL(api.baseUrl).pathname}/ml/jobs/${String(job['id'])}`);
    return String(job['id']);
  };
  const jobOf = async (id: string) => (await client.get(`/ml/jobs/${id}`)).body;
  const until = (id: string, state: string) =>
    untilPasses(async () => {
      const job = await jobOf(id);
      expect(job).toMatchObject({ state });
      return job;
    }, WAIT);

  it('does not hang where there is no trainer, and keeps an order until one comes', async () => {
    expect(await client.post('/ml/train', LOGISTIC)).toMatchObject({
      status: 503,
      body: { code: 'TRAINER_UNAVAILABLE' },
    });
    const id = await order(LOGISTIC);
    expect(await jobOf(id)).toMatchObject({ state: 'queued', progress: 0, runs: 0 });
    await start();
    expect(await until(id, 'failed')).toMatchObject({
      error: { code: 'INSUFFICIENT_DATA', counts: { retries: 0, required: 200 } },
    });
  }, 120_000);

  it('warns of a variable that is no setting, and takes orders', async () => {
    const trainer = await startTrainer({ ...env, RETRY_TRAINER_LAESE: '2s' });
    await trainer.stop();
    expect(trainer.logs.filter(({ level }) => level === 40)).toEqual([
      expect.objectContaining({ setting: 'RETRY_TRAINER_LAESE' }),
    ]);
  });

  it('refuses an order at once that no trainer could carry out, whoever waits for it', async () => {
    for (const [hyperparameters, path] of [
      [{ magic: 1 }, 'hyperparameters.magic'],
      [{ learning_rate: 55 }, 'hyperparameters.learning_rate'],
      [{ regularization: [0.1, -1] }, 'hyperparameters.regularization'],
      [{ max_rounds: 10 }, 'hyperparameters.max_rounds'],
    ] as const) {
      const answer = await client.post('/ml/train', { ...LOGISTIC, hyperparameters }, ASYNC);
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', fields: [{ path }] } });
    }
  });

  it('says through the trainer what there is and what it takes, and names what is wrong with an order', async () => {
    await teach(300, 'few');
    const answer = await client.post('/ml/train', TREES(10));
    expect(answer).toMatchObject({ status: 422, body: { counts: { retries: 300, required: 2_000 } } });
    for (const [change, path] of [
      [{ features: [] }, 'features'],
      [{ features: ['delay_ms', 'shoe_size'] }, 'features[1]'],
      [{ validation_set: 1 }, 'validation_set'],
      [{ model_type: 'oracle' }, 'model_type'],
      [{ training_period: 'soon' }, 'training_period'],
      [{ hyperparameters: { magic: 1 } }, 'hyperparameters.magic'],
      [{ surprise: 1 }, 'surprise'],
    ] as const) {
      const { status, body } = await client.post('/ml/train', { ...LOGISTIC, ...change });
      expect([path, status]).toEqual([path, 400]);
      expect(body['fields']).toEqual(expect.arrayContaining([expect.objectContaining({ path })]));
    }
  }, 120_000);

  it("answers the seed's body with a model, and under one idempotency key the same one", async () => {
    const seed = {
      model_type: 'logistic',
      features: ['attempt_number', 'payload_size', 'time_of_day', 'since_last_failure_ms'],
      training_period: '720h',
      validation_set: 0.2,
      cross_validation: 5,
      hyperparameters: { learning_rate: 0.01, regularization: 0.1 },
    };
    await teach(300, 'some');
    const key = { headers: { 'idempotency-key': 'once' } };
    const { status, body } = await client.post('/ml/train', seed, key);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: expect.stringMatching(/^v\d{10}-/),
      model_type: 'logistic',
      features: seed.features,
      accuracy: expect.any(Number),
      f1_score: expect.any(Number),
      validation_set: expect.stringMatching(/^\d+% of \d+ samples$/),
      enabled: false,
      metadata: { feature_count: 4 },
    });
    expect((await client.get(`/ml/models/${String(body['version'])}`)).body).toMatchObject(body);
    const { body: listed } = await client.get('/ml/jobs?limit=1');
    const [done] = listed['jobs'] as { id: string }[];
    expect(await client.delete(`/ml/jobs/${String(done?.id)}`)).toMatchObject({
      status: 409,
      body: { code: 'TRAINING_JOB_FINISHED' },
    });
    expect((await client.post('/ml/train', seed, key)).body).toEqual(body);
    expect(await client.post('/ml/train', LOGISTIC, key)).toMatchObject({ status: 409 });
    const { body: page } = await client.get('/ml/jobs?limit=1');
    expect(page['jobs']).toMatchObject([{ state: 'succeeded', progress: 1, version: body['version'] }]);
  }, 120_000);

  it('takes a canary back by itself that does worse than the trained model that answers the rest', async () => {
    const { body: listed } = await client.get('/ml/models?limit=1');
    const [{ version: trained }] = listed['models'] as [{ version: string }];
    expect((await client.post('/ml/deploy', { model: { version: trained }, force: true })).status).toBe(200);
    const stores = openPatiently({ url: database.url });
    // It believes that waiting harms: whatever it is asked, it retries at once.
    const hasty = handMadeModel({ version: 'hasty', perLogDelay: -3 });
    await stores.models.register(hasty.description, hasty.artifact);
    await stores.close();
    expect((await client.post('/ml/deploy', { model: { version: 'hasty' }, canary_percent: 50 })).status).toBe(200);
    const kind = { job_type: 'email_send', error_class: 'timeout', attempt_number: 1 };
    const features = Array.from({ length: 600 }, (_, i) => ({ ...kind, job_id: `judged-${i}` }));
    const { body: answer } = await client.post('/recommendation/batch', { features });
    const advice = answer['recommendations'] as readonly {
      readonly delay_ms: number;
      readonly recommendation_id: string;
    }[];
    const attempts = advice.map(({ delay_ms, recommendation_id }, i) => ({
      job_id: `judged-${i}`,
      job_type: 'email_send',
      attempt_number: 2,
      success: delay_ms >= 1_000,
      delay_ms,
      recommendation_id,
    }));
    expect((await client.post('/attempt/batch', { attempts })).status).toBe(200);
    await untilPasses(async () => {
      const { body } = await client.get('/ml/experiments');
      expect(body).toMatchObject({
        champion: trained,
        canary: null,
        judgement: { version: 'hasty', verdict: 'worse' },
      });
    }, WAIT);
    const { body: moves } = await client.get('/ml/deployments?limit=1');
    expect(moves['deployments']).toMatchObject([{ status: 'rolled_back', version: 'hasty', deployed_by: 'judge' }]);
    const { body: audit } = await client.get('/audit?limit=1');
    expect(audit['entries']).toMatchObject([{ actor: 'judge' }]);
  }, 180_000);

  it('cancels a job in mid-training', async () => {
    await teach(2_500, 'many');
    const id = await order(TREES(2_000));
    await until(id, 'running');
    expect(await client.delete(`/ml/jobs/${id}`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await client.delete(`/ml/jobs/${id}`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    const [ended] = (await client.get('/ml/jobs')).body['jobs'] as { id: string; state: string }[];
    expect(ended).toMatchObject({ id, state: 'cancelled' });
    expect(await client.delete('/ml/jobs/none')).toMatchObject({
      status: 404,
      body: { code: 'TRAINING_JOB_NOT_FOUND' },
    });
    await untilPasses(async () => {
      expect(trainers.flatMap(({ logs }) => logs)).toContainEqual(
        expect.objectContaining({ msg: 'training stopped', job: id }),
      );
    }, WAIT);
    expect(await jobOf(id)).toMatchObject({ state: 'cancelled', version: null });
  }, 180_000);

  it('does a job once although its trainer is killed over it, and nothing half-written is seen', async () => {
    await teach(2_500, 'more');
    await start();
    const id = await order(TREES(60));
    const began = () => trainers.filter(({ logs }) => logs.some(({ msg, job }) => msg === 'training' && job === id));
    await untilPasses(async () => expect(began()).toHaveLength(1), WAIT);
    const [victim] = began();
    await victim?.kill9();
    expect(await jobOf(id)).toMatchObject({ state: 'running', version: null });
    const done = await until(id, 'succeeded');
    expect(done).toMatchObject({ runs: 2, error: null });
    expect(began()).toHaveLength(2);
    // The job says so before the trainer's log does.
    await untilPasses(async () => {
      const lines = trainers.flatMap(({ logs }) => logs).filter(({ msg, job }) => msg === 'trained' && job === id);
      expect(lines).toEqual([expect.objectContaining({ version: done['version'] })]);
    }, WAIT);
  }, 240_000);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB } from '../support/bodies.js';
import { createClient } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { readFixture, type Json } from './fixtures.js';

/** The example's own Redis address may be anybody's: a port that nobody can listen on stands for it. */
const NO_REDIS = '127.0.0.1:1';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-config-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const writeConfiguration = async (name: string, configuration: Json): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(configuration));
  return path;
};

describe('the example of a configuration file', () => {
  let api: RunningApi;

  beforeAll(async () => {
    const path = await writeConfiguration('example.json', await readFixture('configuration-file'));
    api = await startApi({ env: { RETRY_CONFIG: path, RETRY_REDIS_ADDR: NO_REDIS, RETRY_REDIS_PASSWORD: 'hunter2' } });
  });

  afterAll(async () => {
    await api.stop();
  });

  it('starts the service with its strategy', async () => {
    const { strategy } = await readFixture('configuration-file');
    const { body } = await createClient(api.baseUrl).get('/strategy');
    expect(body).toMatchObject(strategy as Json);
    expect((body['policies'] as Json[]).map(({ name }) => name)).toEqual([
      'rate_limit',
      'service_unavailable',
      'validation_errors',
      'default',
    ]);
  });

  it('serves below its path', () => {
    expect(new URL(api.baseUrl).pathname).toBe('/api/v1/retry');
  });

  it('names a Redis that is away, and never its password', async () => {
    const client = createClient(api.baseUrl);
    expect(await client.post('/recommendation', FAILED_JOB)).toMatchObject({
      status: 200,
      body: { should_retry: true },
    });
    const ready = await client.get('/health/ready');
    const checks = { redis: { status: 'down' } };
    expect(ready).toMatchObject({ status: 503, body: { code: 'NOT_READY', checks } });
    expect(ready.body['request_id']).toBe(ready.headers.get('x-request-id'));
    const asDocument = await client.get('/health/ready', { headers: { accept: 'application/problem+json' } });
    expect(asDocument.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(asDocument.body).toMatchObject({ title: ready.body['error'], detail: ready.body['details'], checks });
    expect(JSON.stringify(api.logs)).not.toContain('hunter2');
  });
});

describe('environment variables', () => {
  let api: RunningApi;

  beforeAll(async () => {
    const example = await readFixture('configuration-file');
    const strategy = { ...(example['strategy'] as Json), name: 'from_the_file', bayesian_threshold: 0.1 };
    const path = await writeConfiguration('other.json', {
      ...example,
      redis_addr: '',
      strategy,
      api: { enabled: true, port: 1, path: '/elsewhere' },
    });
    api = await startApi({
      env: {
        RETRY_CONFIG: path,
        RETRY_ENABLED: 'false',
        RETRY_SAMPLE_RATE: '0.25',
        RETRY_ML_ENABLED: 'false',
        RETRY_BAYESIAN_THRESHOLD: '0.9',
      },
    });
  });

  afterAll(async () => {
    await api.stop();
  });

  it('win over the file, and leave the rest of it alone', async () => {
    const { body } = await createClient(api.baseUrl).get('/strategy');
    expect(body).toMatchObject({
      name: 'from_the_file',
      ml_enabled: false,
      bayesian_threshold: 0.9,
      data_collection: { sample_rate: 0.25, retention_days: 30 },
    });
    expect(new URL(api.baseUrl).pathname).toBe('/elsewhere');
  });

  it('switch every retry off with RETRY_ENABLED', async () => {
    const { body } = await createClient(api.baseUrl).post('/recommendation', FAILED_JOB);
    expect(body).toMatchObject({
      should_retry: false,
      decision: 'stop',
      delay_ms: 0,
      method: 'guardrails',
      policy_guardrails: ['disabled'],
    });
  });
});

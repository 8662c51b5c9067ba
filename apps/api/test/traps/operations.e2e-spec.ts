import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB } from '../support/bodies.js';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

let folder: string;
let api: RunningApi;
let client: Client;

/** Every start is on the same data. */
const start = async () => {
  const configPath = join(folder, 'config.json');
  await writeFile(configPath, JSON.stringify({ cache: { enabled: true, ttl: '5m', max_entries: 2 } }));
  api = await startApi({ dataDir: folder, env: { RETRY_CONFIG: configPath } });
  client = createClient(api.baseUrl);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-traps-'));
  await start();
});

afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const totalOf = async (jobType: string) => (await client.get(`/stats?job_type=${jobType}`)).body['total_attempts'];

describe('a cache limited to two entries', () => {
  const gauge = async (name: string) => {
    const { text } = await client.get('/metrics');
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  };

  it('holds two, and what it forgot is still found', async () => {
    const jobs = Array.from({ length: 100 }, (_, i) => ({ ...FAILED_JOB, job_type: 'cached', job_id: `cached-${i}` }));
    await client.post('/recommendation/batch', { features: jobs });
    expect(await gauge('smart_retry_cache_entries')).toBe(2);
    // Found through the audit trail, which a reader of decisions waits for.
    await client.get('/decisions?limit=1');
    const attempts = jobs.map(({ job_id, job_type }) => ({ job_id, job_type, attempt_number: 2, success: true }));
    await client.post('/attempt/batch', { attempts });
    expect((await client.get('/stats?job_type=cached&error_class=timeout')).body).toMatchObject({
      total_attempts: 100,
    });
  });
});

describe('a restart', () => {
  it('loses nothing: attempts, policies, guardrails, decisions, ids and keys of idempotency', async () => {
    const attempt = { job_id: 'kept', job_type: 'kept', attempt_number: 2, success: true, error_class: 'own' };
    const policy = { name: 'kept', error_patterns: ['kept'], max_attempts: 4, priority: 900 };
    const keyed = { headers: { 'idempotency-key': 'kept' } };
    await client.post('/attempt', attempt);
    await client.post('/policies', policy, keyed);
    await client.put('/guardrails', { max_attempts: 7, emergency_stops: [{ tenant: 'stopped' }] });
    const advice = (await client.post('/recommendation', { ...FAILED_JOB, job_type: 'advised' })).body;
    const strategy = (await client.get('/strategy')).body;

    expect(await api.stop()).toBe(0);
    await start();

    expect((await client.get('/strategy')).body).toEqual(strategy);
    expect(await totalOf('kept')).toBe(1);
    expect((await client.post('/attempt', attempt)).body).toMatchObject({ duplicate: true });
    expect((await client.post('/policies', policy, keyed)).status).toBe(201);
    expect((await client.post('/recommendation', { ...FAILED_JOB, tenant: 'stopped' })).body).toMatchObject({
      should_retry: false,
      policy_guardrails: ['emergency_stop'],
    });
    const id = String(advice['recommendation_id']);
    expect((await client.get(`/decisions/${id}`)).body).toMatchObject({
      recommendation: { delay_ms: advice['delay_ms'] },
    });
    const outcome = { job_id: 'advised', job_type: 'advised', attempt_number: 2, success: true, recommendation_id: id };
    await client.post('/attempt', outcome);
    expect((await client.get('/stats?job_type=advised&error_class=timeout')).body).toMatchObject({ total_attempts: 1 });
  });
});

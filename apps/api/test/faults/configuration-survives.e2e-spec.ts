import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@smart-retry/storage/testing';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { openGatedStores, type GatedStores } from './support/gated-stores.js';

const TIMEOUT_MS = 120_000;
const POLICY = { name: 'odd', error_patterns: ['odd'], max_attempts: 2, priority: 200 };
const JOB = { job_type: 'advised', error_class: 'odd', attempt_number: 1 };

let dataDir: string;
let api: RunningApi | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'smart-retry-survives-'));
});

afterEach(async () => {
  await api?.stop();
  api = undefined;
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}, TIMEOUT_MS);

async function start(env: Readonly<Record<string, string>> = {}): Promise<Client> {
  api = await startApi({ env, dataDir });
  return createClient(api.baseUrl);
}

async function expectStop(client: Client): Promise<void> {
  expect(await client.post('/recommendation', JOB)).toMatchObject({
    body: { should_retry: false, policy_guardrails: ['emergency_stop'] },
  });
}

describe.each([
  ['the embedded Postgres', async () => ({ env: {}, drop: async () => undefined })],
  [
    'a Postgres of its own',
    async () => {
      const database = await createTestDatabase();
      return { env: { RETRY_DATABASE_URL: database.url }, drop: () => database.drop() };
    },
  ],
])('on %s', (_name, createStores) => {
  it(
    'policies, guardrails, strategy and the emergency stop survive an end in order and kill -9',
    async () => {
      const stores = await createStores();
      let client = await start(stores.env);
      await client.post('/policies', POLICY);
      await client.delete('/policies/rate_limit');
      const { body: strategy } = await client.get('/strategy');
      await client.put('/strategy', { ...strategy, ml_enabled: false });
      await client.put('/guardrails', { max_attempts: 7, emergency_stop: true });
      const read = async () => {
        const answers = await Promise.all(['/policies', '/strategy', '/guardrails'].map((path) => client.get(path)));
        // Which processes run is no configuration.
        return answers.map(({ status, body: { replicas: _running, ...body }, headers }) => ({
          status,
          body,
          etag: headers.get('etag'),
        }));
      };
      const before = await read();
      expect(before[2]).toMatchObject({ status: 200, body: { max_attempts: 7, emergency_stop: true } });

      await api?.stop();
      client = await start(stores.env);
      expect(await read()).toEqual(before);
      await expectStop(client);

      await api?.kill9();
      client = await start(stores.env);
      expect(await read()).toEqual(before);
      await expectStop(client);

      await client.put('/guardrails', { emergency_stop: false });
      expect(await client.post('/recommendation', JOB)).toMatchObject({ body: { should_retry: true, policy: 'odd' } });
      await api?.stop();
      api = undefined;
      await stores.drop();
    },
    TIMEOUT_MS,
  );
});

describe('killed as soon as a change is acknowledged, and started without Postgres', () => {
  let stores: GatedStores;

  beforeEach(async () => {
    stores = await openGatedStores();
  });

  afterEach(async () => {
    await stores.close();
  });

  it.each([1, 2])(
    'still stops, round %d',
    async () => {
      const client = await start(stores.env);
      // Changes in quick succession: the copy on disk must be that of the last one.
      const earlier = Array.from({ length: 8 }, (_, i) => client.put('/guardrails', { max_delay_ms: 60_000 + i }));
      await Promise.all(earlier);
      expect((await client.put('/guardrails', { emergency_stop: true })).status).toBe(200);
      await api?.kill9();
      await stores.gates.postgres.refuse();
      await expectStop(await start(stores.env));
    },
    TIMEOUT_MS,
  );

  it(
    'stops nothing where nobody had asked for it',
    async () => {
      await start(stores.env);
      await api?.kill9();
      await stores.gates.postgres.refuse();
      const client = await start(stores.env);
      expect(await client.post('/recommendation', JOB)).toMatchObject({ body: { should_retry: true } });
    },
    TIMEOUT_MS,
  );
});

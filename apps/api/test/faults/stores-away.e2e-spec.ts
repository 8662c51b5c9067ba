import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Answer, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { openGatedStores, type GatedStores, type Store } from './support/gated-stores.js';
import { untilPasses } from './support/until-passes.js';

const TIMEOUT_MS = 120_000;
const POLICY = { name: 'odd', error_patterns: ['odd'], max_attempts: 2, priority: 200 };
const ODD_JOB = { job_type: 'advised', error_class: 'odd', attempt_number: 1 };
const HALTED_JOB = { ...ODD_JOB, job_type: 'halted' };
const EMERGENCY_STOPS = [{ job_type: 'halted' }];

const STORES: readonly Store[] = ['postgres', 'redis'];

describe.each<[string, readonly Store[]]>([
  ['Postgres', ['postgres']],
  ['Redis', ['redis']],
  ['Postgres and Redis', STORES],
])('with %s away', (_name, away) => {
  const isTruthAway = away.includes('postgres');
  let stores: GatedStores;
  let dataDir: string;
  let api: RunningApi;
  let client: Client;

  beforeAll(async () => {
    stores = await openGatedStores();
    dataDir = await mkdtemp(join(tmpdir(), 'smart-retry-away-'));
    await start();
    expect((await client.post('/policies', POLICY)).status).toBe(201);
    expect((await client.put('/guardrails', { emergency_stops: EMERGENCY_STOPS })).status).toBe(200);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await api.stop();
    await rm(dataDir, { recursive: true, force: true });
    await stores.close();
  }, TIMEOUT_MS);

  const start = async () => {
    api = await startApi({ env: stores.env, dataDir });
    client = createClient(api.baseUrl);
  };
  const loseStores = () => Promise.all(away.map((store) => stores.gates[store].refuse()));
  const regainStores = () => Promise.all(away.map((store) => stores.gates[store].open()));
  const attempt = (jobId: string) => ({ job_id: jobId, job_type: 'reported', attempt_number: 2, success: true });

  const expectAdvice = async () => {
    expect(await client.post('/recommendation', ODD_JOB)).toMatchObject({
      status: 200,
      body: { should_retry: true, method: 'rules', policy: 'odd', max_attempts: 2 },
    });
    expect(await client.post('/recommendation', HALTED_JOB)).toMatchObject({
      status: 200,
      body: { should_retry: false, policy_guardrails: ['emergency_stop'] },
    });
    expect((await client.post('/recommendation/batch', { features: [ODD_JOB, HALTED_JOB] })).status).toBe(200);
    expect((await client.post('/preview', { features: ODD_JOB })).status).toBe(200);
  };

  const expectReadinessToName = async (names: readonly Store[]) => {
    const answer = await client.get('/health/ready');
    const checks = Object.fromEntries(
      STORES.map((store) => [store, expect.objectContaining({ status: names.includes(store) ? 'down' : 'up' })]),
    );
    expect(answer).toMatchObject({ status: names.length === 0 ? 200 : 503, body: { checks } });
    // Else one dead store would take every replica from its balancer.
    expect((await client.get('/health/ready?stores=optional')).status).toBe(200);
    if (names.length > 0) expect(answer.body['details']).toBe(`not ready: ${names.join(', ')}`);
  };

  const expectAnswersWhileAway = async (round: string) => {
    await untilPasses(() => expectReadinessToName(away));
    expect(await client.get('/health')).toMatchObject({ status: 200 });
    await expectAdvice();
    const reports = [
      await client.post('/attempt', attempt(`${round}-single`)),
      await client.post('/attempt/batch', { attempts: [attempt(`${round}-batch`), attempt(`${round}-more`)] }),
    ];
    const writes = [
      await client.put('/guardrails', { max_attempts: 5, emergency_stops: EMERGENCY_STOPS }),
      await client.post('/policies', { ...POLICY, name: `added-${round}` }),
    ];
    const reads = [await client.get('/stats'), await client.get('/decisions')];
    if (isTruthAway) [...reports, ...writes, ...reads].forEach(expectUnavailable);
    else expect([...reports, ...reads].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await client.get('/guardrails')).toMatchObject({
      status: 200,
      body: { max_attempts: isTruthAway ? 10 : 5 },
    });
    const added = await client.get(`/policies/added-${round}`);
    expect(added.status).toBe(isTruthAway ? 404 : 200);
  };

  const expectNothingHalfDone = async (round: string) => {
    await untilPasses(() => expectReadinessToName([]));
    const reports = [attempt(`${round}-single`), attempt(`${round}-batch`), attempt(`${round}-more`)];
    const duplicate = !isTruthAway;
    for (const expected of [duplicate, true]) {
      const { body } = await client.post('/attempt/batch', { attempts: reports });
      expect(body['results']).toEqual(reports.map(() => ({ status: 'recorded', duplicate: expected })));
    }
    const { body } = await client.get('/configuration/history?limit=200');
    const entries = body['entries'] as readonly { readonly action: string; readonly target: string | null }[];
    expect(entries.some(({ target }) => target === `added-${round}`)).toBe(!isTruthAway);
    await expectAdvice();
    expect((await client.put('/guardrails', { max_attempts: 10 })).status).toBe(200);
  };

  it(
    'goes on with the configuration it has, and changes nothing',
    async () => {
      await loseStores();
      await expectAnswersWhileAway('running');
    },
    TIMEOUT_MS,
  );

  it(
    'recovers without a restart, with nothing half done',
    async () => {
      await regainStores();
      await expectNothingHalfDone('running');
    },
    TIMEOUT_MS,
  );

  it(
    'starts with the last known configuration, emergency stop included',
    async () => {
      await api.kill9();
      await loseStores();
      await start();
      await expectAnswersWhileAway('starting');
    },
    TIMEOUT_MS,
  );

  it(
    'recovers after such a start',
    async () => {
      await regainStores();
      await expectNothingHalfDone('starting');
    },
    TIMEOUT_MS,
  );
});

describe('a first start without any store', () => {
  let stores: GatedStores;
  let api: RunningApi;
  let client: Client;

  beforeAll(async () => {
    stores = await openGatedStores();
    await Promise.all([stores.gates.postgres.refuse(), stores.gates.redis.refuse()]);
    api = await startApi({ env: stores.env });
    client = createClient(api.baseUrl);
  }, TIMEOUT_MS);

  afterAll(async () => {
    expect(await api.stop()).toBe(0);
    await stores.close();
  }, TIMEOUT_MS);

  it('advises by the default policies, and stops nothing', async () => {
    const job = { job_type: 'any', error_class: 'rate_limit', attempt_number: 1 };
    const { body } = await client.post('/recommendation', job);
    expect(body).toMatchObject({ should_retry: true, policy: 'rate_limit', method: 'rules' });
    expect(await client.post('/recommendation', HALTED_JOB)).toMatchObject({ body: { should_retry: true } });
    expectUnavailable(await client.post('/attempt', { job_id: 'j', job_type: 't', attempt_number: 1, success: true }));
  });

  it(
    'stores what it decided meanwhile once the stores are there',
    async () => {
      const { body } = await client.post('/recommendation', { ...ODD_JOB, job_id: 'decided-alone' });
      await Promise.all([stores.gates.postgres.open(), stores.gates.redis.open()]);
      await untilPasses(async () => expect((await client.get('/health/ready')).status).toBe(200));
      const id = String(body['recommendation_id']);
      await untilPasses(async () =>
        expect((await client.get(`/decisions?job_id=decided-alone`)).body).toMatchObject({
          decisions: [{ recommendation_id: id }],
        }),
      );
      expect((await client.put('/guardrails', { max_attempts: 4 })).status).toBe(200);
    },
    TIMEOUT_MS,
  );
});

function expectUnavailable(answer: Answer): void {
  expect(answer).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE', status: 503 } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@smart-retry/storage/testing';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { samplesOf, teachRecovery } from '../support/teaching.js';

const TIMEOUT_MS = 120_000;

let database: TestDatabase;
let apis: readonly RunningApi[] = [];
let client: Client;
let otherClient: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = { RETRY_DATABASE_URL: database.url };
  apis = [await startApi({ env }), await startApi({ env })];
  const [one, two] = apis.map(({ baseUrl }) => createClient(baseUrl));
  if (one === undefined || two === undefined) throw new Error('two APIs were started');
  [client, otherClient] = [one, two];
}, TIMEOUT_MS);

afterAll(async () => {
  for (const api of apis) expect(await api.stop()).toBe(0);
  await database.drop();
}, TIMEOUT_MS);

const exported = async (query: string) => {
  const { status, text, headers } = await client.get(`/data/export?${query}`);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('GET /data/export', () => {
  it('gives back everything of a tenant, and says that it is complete', async () => {
    const attempt = { job_id: 'e1', job_type: 'export', tenant: 'acme', attempt_number: 2, success: true, delay_ms: 5 };
    const failure = { job_id: 'e1', job_type: 'export', tenant: 'acme', attempt_number: 1, error_class: 'timeout' };
    const { body: advice } = await client.post('/recommendation', failure);
    await client.post('/attempt', { ...attempt, processing_time: '250ms' });
    await client.post('/attempt', { ...attempt, tenant: 'other' });
    expect(await exported('tenant=acme')).toEqual([
      expect.objectContaining({ kind: 'attempt', ...attempt, processing_time: '00:00.250' }),
      expect.objectContaining({ kind: 'decision', recommendation_id: advice['recommendation_id'] }),
      { kind: 'end', records: 2 },
    ]);
    expect(await exported('tenant=nobody')).toEqual([{ kind: 'end', records: 0 }]);
  });

  it('streams more than fits into one page, each record once', async () => {
    const attempts = Array.from({ length: 3_000 }, (_, i) => ({
      job_id: `many-${i}`,
      job_type: 'many',
      tenant: 'many',
      attempt_number: 2,
      success: true,
    }));
    expect((await client.post('/attempt/batch', { attempts })).status).toBe(200);
    const lines = await exported('tenant=many');
    expect(lines.at(-1)).toEqual({ kind: 'end', records: 3_000 });
    expect(new Set(lines.map((line) => line['job_id'])).size).toBe(3_001);
  });
});

describe('DELETE /data', () => {
  const kind = { job_type: 'erased', error_class: 'timeout' };

  it(
    'erases a tenant: attempts, decisions, statistics, and what every process has learned from them',
    async () => {
      await teachRecovery(client, { ...kind, tenant: 'leaving' } as typeof kind);
      await untilPasses(async () => expect(await samplesOf(otherClient, kind)).toBe(120));
      await client.post('/recommendation', { ...kind, tenant: 'leaving', attempt_number: 1, job_id: 'left' });
      const erased = await client.delete('/data?tenant=leaving&reason=asked%20for');
      expect(erased).toMatchObject({ status: 200, body: { status: 'erased', attempts: 120, decisions: 1, counts: 0 } });
      expect(await exported('tenant=leaving')).toEqual([{ kind: 'end', records: 0 }]);
      expect((await client.get('/stats?job_type=erased')).body).toMatchObject({ total_attempts: 0 });
      expect((await client.get('/decisions?tenant=leaving')).body).toMatchObject({ decisions: [] });
      for (const asked of [client, otherClient]) {
        await untilPasses(async () => {
          const { status, body } = await asked.get('/bayesian?job_type=erased&error_class=timeout');
          expect(status === 404 || body['code'] === 'TOO_FEW_SAMPLES').toBe(true);
        });
      }
      expect((await client.get('/audit?limit=1')).body).toMatchObject({
        entries: [{ action: 'data.erased', target: 'tenant leaving', reason: 'asked for', actor: 'api' }],
      });
    },
    TIMEOUT_MS,
  );

  it('erases once under one Idempotency-Key, and of one tenant only', async () => {
    const attempt = { job_type: 'once', attempt_number: 2, success: true };
    const report = (tenant: string, job_id: string) => client.post('/attempt', { ...attempt, tenant, job_id });
    const erase = (tenant: string) =>
      client.delete(`/data?tenant=${tenant}`, { headers: { 'idempotency-key': 'erase' } });
    await report('once', 'o1');
    await report('never', 'n1');
    const first = await erase('once');
    expect(first).toMatchObject({ status: 200, body: { status: 'erased', attempts: 1 } });
    await report('once', 'o2');
    expect(await erase('once')).toMatchObject({ status: 200, body: first.body });
    expect(await erase('never')).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    for (const tenant of ['once', 'never']) {
      expect(await exported(`tenant=${tenant}`)).toEqual([
        expect.objectContaining({ kind: 'attempt', tenant }),
        { kind: 'end', records: 1 },
      ]);
    }
  });

  it.each(['', '?reason=x', '?tenant=', '?tenant=&job_id=42'])('refuses to erase of everybody: %p', async (query) => {
    const refused = await client.delete(`/data${query}`);
    expect(refused).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', fields: [{ path: 'tenant' }] } });
  });
});

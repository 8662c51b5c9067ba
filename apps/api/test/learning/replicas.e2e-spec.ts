import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@smart-retry/storage/testing';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { askOften, samplesOf, teachRecovery } from '../support/teaching.js';

const TIMEOUT_MS = 120_000;
const PROMISED_MS = 3_000;
const ROUNDS = 3;

let database: TestDatabase;
let apis: RunningApi[] = [];
let a: Client;
let b: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = { RETRY_DATABASE_URL: database.url };
  apis = await Promise.all([startApi({ env }), startApi({ env })]);
  [a, b] = apis.map(({ baseUrl }) => createClient(baseUrl)) as [Client, Client];
  // Both start at once on an empty database: one of them is ready before the other has set it up.
  await untilPasses(async () => {
    const { body: strategy } = await a.get('/strategy');
    expect((await a.put('/strategy', { ...strategy, learned_max_attempts: 8 })).status).toBe(200);
  });
}, TIMEOUT_MS);

afterAll(async () => {
  expect(await Promise.all(apis.map((api) => api.stop()))).toEqual([0, 0]);
  await database.drop();
}, TIMEOUT_MS);

describe('two instances on one database', () => {
  it(
    'both answer from what one was taught, within three seconds',
    async () => {
      const reachesMs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const [teacher, other] = round % 2 === 0 ? [a, b] : [b, a];
        const kind = { job_type: `shared_${round}`, error_class: `stall_${round}` };
        const [before] = await askOften(other, kind, 1);
        expect(before?.method).toBe('rules');
        const samples = await teachRecovery(teacher, kind);
        const taughtAtMs = performance.now();
        // The one that recorded them has learned them at once.
        expect(await samplesOf(teacher, kind)).toBe(samples);
        await untilPasses(async () => expect(await samplesOf(other, kind)).toBe(samples));
        reachesMs.push(performance.now() - taughtAtMs);
        const advice = await askOften(other, kind);
        expect(new Set(advice.map(({ method }) => method))).toEqual(new Set(['bayesian']));
      }
      // The median: one pause of a busy test machine is not the promise.
      expect(reachesMs.toSorted((x, y) => x - y)[Math.floor(ROUNDS / 2)]).toBeLessThanOrEqual(PROMISED_MS);
    },
    TIMEOUT_MS,
  );

  it('learn each outcome once where both are told it', async () => {
    const kind = { job_type: 'told_twice', error_class: 'stall_twice' };
    const reports = Array.from({ length: 40 }, (_, i) => ({
      ...kind,
      job_id: `twice_${i}`,
      attempt_number: 2,
      success: i % 2 === 0,
      delay_ms: 5_000,
    }));
    await Promise.all([a, b].map((client) => Promise.all(reports.map((report) => client.post('/attempt', report)))));
    for (const client of [a, b]) {
      await untilPasses(async () => expect(await samplesOf(client, kind)).toBe(reports.length));
    }
    const curves = await Promise.all([a, b].map((client) => client.post('/bayesian/update', kind)));
    const seen = curves.map(({ body }) =>
      (body['buckets'] as readonly { readonly successes: number; readonly failures: number }[]).map(
        ({ successes, failures }) => [Math.round(successes), Math.round(failures)],
      ),
    );
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]?.[2]).toEqual([20, 20]);
  });

  it('know what a retry has called that one had advised, and the other is told of', async () => {
    const failed = { job_id: 'called', job_type: 'named', error_class: 'timeout', attempt_number: 1 };
    const heardOf = async () => (await b.get('/dependencies/erp-named-once')).status;
    const { body } = await a.post('/recommendation', { ...failed, dependency: 'erp-named-once' });
    expect(await heardOf()).toBe(404);
    const retry = { job_id: 'called', job_type: 'named', attempt_number: 2, success: true };
    await b.post('/attempt', { ...retry, recommendation_id: body['recommendation_id'] });
    expect(await heardOf()).toBe(200);
  });
});

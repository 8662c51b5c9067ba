import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Client } from '../support/client.js';
import { openRegistry, type RegisteredModels } from '../support/registered-models.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const TIMEOUT_MS = 180_000;
const PROMISED_MS = 1_000;
const CONNECTIONS = 64;
const deployment = (version: string) => ({ model: { version, model_type: 'logistic' }, canary_percent: 100 });

let registry: RegisteredModels;
let apis: RunningApi[] = [];
let a: Client;
let b: Client;

const start = async () => {
  const env = { RETRY_DATABASE_URL: registry.database.url };
  apis = [await startApi({ env }), await startApi({ env })];
  [a, b] = apis.map(({ baseUrl }) => createClient(baseUrl)) as [Client, Client];
};
const stop = () => Promise.all(apis.map((api) => api.stop()));

beforeAll(async () => {
  registry = await openRegistry();
  await registry.register({ version: 'long' });
  await registry.register({ version: 'short', perLogDelay: -3 });
  await registry.register({ version: 'broken', hasWrongGoldenRows: true });
  await start();
}, TIMEOUT_MS);

afterAll(async () => {
  expect(await stop()).toEqual([0, 0]);
  await registry.close();
}, TIMEOUT_MS);

let asked = 0;
const ask = (client: Client) =>
  client.post('/recommendation', {
    job_type: 'email_send',
    error_class: 'timeout',
    attempt_number: 1,
    job_id: `job-${asked++}`,
    critical: true,
  });

/** Whether an answer is wholly of one model, or of none: the long one waits for minutes, the short one not at all. */
function isWhole({ method, model_version: version, delay_ms: delayMs }: Readonly<Record<string, unknown>>): boolean {
  if (version === null) return method === 'rules';
  return method === 'ml' && (version === 'long' ? Number(delayMs) > 10_000 : Number(delayMs) < 1_000);
}

const servedBy = async (client: Client) => (await ask(client)).body['model_version'];

describe('two instances on one database', () => {
  it(
    'both serve another model within a second of its deployment, and what served before within one of a rollback',
    async () => {
      const reachesMs: number[] = [];
      const measure = async (
        move: () => Promise<{ readonly status: number }>,
        other: Client,
        version: string | null,
      ) => {
        expect((await move()).status).toBe(200);
        const acknowledgedAtMs = performance.now();
        await untilPasses(async () => expect(await servedBy(other)).toBe(version));
        reachesMs.push(performance.now() - acknowledgedAtMs);
      };
      for (const [mover, other] of [
        [a, b],
        [b, a],
      ] as const) {
        await measure(() => mover.post('/ml/deploy', deployment('long')), other, 'long');
        expect(await servedBy(mover)).toBe('long');
        await measure(() => mover.post('/ml/deploy', deployment('short')), other, 'short');
        await measure(() => mover.post('/ml/rollback'), other, 'long');
        await measure(() => mover.post('/ml/rollback'), other, null);
      }
      // The median: one pause of a busy test machine is not the promise.
      expect(reachesMs.toSorted((x, y) => x - y)[4]).toBeLessThanOrEqual(PROMISED_MS);
    },
    TIMEOUT_MS,
  );

  it(
    'fail no request and tear no answer while models are deployed, rolled back and refused under 64 connections',
    async () => {
      let isOver = false;
      const answers = new Map<string, number>();
      const torn: unknown[] = [];
      const load = Array.from({ length: CONNECTIONS }, async (_, i) => {
        while (!isOver) {
          const { status, body } = await ask(i % 2 === 0 ? a : b);
          const key = `${status} ${String(body['model_version'])}`;
          answers.set(key, (answers.get(key) ?? 0) + 1);
          if (status !== 200 || !isWhole(body)) torn.push(body);
        }
      });
      const statuses: number[] = [];
      const move = async (moved: Promise<{ readonly status: number }>) => statuses.push((await moved).status);
      for (let round = 0; round < 4; round++) {
        await move(a.post('/ml/deploy', deployment('long')));
        await move(b.post('/ml/deploy', deployment('broken')));
        await move(b.post('/ml/deploy', deployment('short')));
        await move(a.post('/ml/rollback'));
        await move(b.post('/ml/rollback'));
      }
      isOver = true;
      await Promise.all(load);
      expect(statuses).toEqual(Array.from({ length: 4 }, () => [200, 422, 200, 200, 200]).flat());
      expect(torn).toEqual([]);
      expect([...answers.keys()].sort()).toEqual(['200 long', '200 null', '200 short']);
    },
    TIMEOUT_MS,
  );

  it(
    'keep serving the old model where a deployed one does not load, and say so',
    async () => {
      await a.post('/ml/deploy', deployment('long'));
      await untilPasses(async () => expect(await servedBy(b)).toBe('long'));
      // As another version of this software would deploy it, to which the model is sound.
      const [current] = await registry.stores.models.deployments({ limit: 1 });
      if (current === undefined) throw new Error('nothing is deployed');
      await registry.stores.models.move({
        ...current,
        revision: current.revision + 1,
        version: 'broken',
        rollout: { champion: 'broken', canary: null, shadow: null },
        previousRevision: current.revision,
      });
      for (const client of [a, b]) {
        await untilPasses(async () =>
          expect((await client.get('/ml/models')).body['serving']).toMatchObject({
            champion: 'long',
            refused: { version: 'broken', reason: expect.stringContaining('golden row') },
          }),
        );
        expect(await servedBy(client)).toBe('long');
        expect((await client.get('/metrics')).text).toContain('smart_retry_model_refused 1');
      }
      expect(apis[0]?.logs.some((line) => JSON.stringify(line).includes('golden row'))).toBe(true);
      expect((await b.post('/ml/rollback')).body).toMatchObject({ version: 'broken', champion: 'long' });
      await untilPasses(async () =>
        expect((await a.get('/ml/models')).body['serving']).toMatchObject({ champion: 'long', refused: null }),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'serve after a restart what they served before',
    async () => {
      const { body } = await a.post('/ml/deploy', deployment('short'));
      expect(await stop()).toEqual([0, 0]);
      await start();
      for (const client of [a, b]) expect(await servedBy(client)).toBe('short');
      expect((await a.get('/ml/models')).body['serving']).toMatchObject({ revision: body['revision'] });
    },
    TIMEOUT_MS,
  );
});

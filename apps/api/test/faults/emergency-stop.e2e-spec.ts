import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, TcpGate, type TestDatabase } from '@smart-retry/storage/testing';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { flushRedis } from './support/flush-redis.js';
import { untilPasses } from './support/until-passes.js';

const TIMEOUT_MS = 180_000;
const MAX_STALE_MS = 4_000;
const PROMISED_MS = 1_000;
const ROUNDS = 5;
const JOB = { job_type: 'advised', error_class: 'odd', attempt_number: 1 };

/** A process of its own, with a way of its own to each store. */
interface Replica {
  readonly name: string;
  readonly api: RunningApi;
  readonly client: Client;
  readonly postgres: TcpGate;
  readonly redis: TcpGate;
}

let database: TestDatabase;
let writer: Replica;
let other: Replica;

const startReplica = async (name: string, env: Readonly<Record<string, string>> = {}): Promise<Replica> => {
  const url = new URL(database.url);
  const redisUrl = new URL(`redis://${process.env['TEST_REDIS_ADDR']}`);
  const [postgres, redis] = [url, redisUrl].map(
    ({ hostname, port }) => new TcpGate({ host: hostname, port: Number(port) }),
  ) as [TcpGate, TcpGate];
  await Promise.all([postgres.open(), redis.open()]);
  url.host = `127.0.0.1:${postgres.port}`;
  const api = await startApi({
    env: {
      RETRY_DATABASE_URL: url.href,
      RETRY_REDIS_ADDR: `127.0.0.1:${redis.port}`,
      RETRY_REPLICA_NAME: name,
      RETRY_MAX_STALE: `${MAX_STALE_MS}ms`,
      ...env,
    },
  });
  return { name, api, client: createClient(api.baseUrl), postgres, redis };
};
const end = async ({ api, postgres, redis }: Replica) => {
  await api.stop();
  await Promise.all([postgres.refuse(), redis.refuse()]);
};
const isStopped = async ({ client }: Replica) =>
  (await client.post('/recommendation', JOB)).body['should_retry'] === false;
const setStop = async (emergencyStop: boolean, reason = 'a drill') => {
  await untilPasses(async () => {
    const { status } = await writer.client.put('/guardrails', { emergency_stop: emergencyStop, reason });
    expect(status).toBe(200);
  });
};
const untilStopped = async (replica: Replica, wanted: boolean) => {
  const sinceMs = performance.now();
  await untilPasses(async () => expect(await isStopped(replica)).toBe(wanted));
  return performance.now() - sinceMs;
};

beforeAll(async () => {
  database = await createTestDatabase();
  writer = await startReplica('writer');
  other = await startReplica('other');
  await untilStopped(other, false);
}, TIMEOUT_MS);

afterAll(async () => {
  await Promise.all([end(writer), end(other)]);
  await database.drop();
}, TIMEOUT_MS);

describe('an acknowledged emergency stop', () => {
  it.each<[string, () => Promise<void>]>([
    ['Postgres alone, since Redis refuses it', () => other.redis.refuse()],
    ['Postgres alone, since Redis is silent to it', async () => other.redis.silence()],
    ['Redis alone, since Postgres refuses it', () => other.postgres.refuse()],
    ['Redis alone, since Postgres is silent to it', async () => other.postgres.silence()],
  ])(
    'stops within a second a process that reaches %s',
    async (_name, cut) => {
      const reachesMs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await untilStopped(other, false);
        await cut();
        await setStop(true);
        reachesMs.push(await untilStopped(other, true));
        await Promise.all([other.postgres.refuse(), other.redis.refuse()]);
        await Promise.all([other.postgres.open(), other.redis.open()]);
        await setStop(false);
      }
      await untilStopped(other, false);
      // The median: one pause of a busy test machine is not the promise.
      expect(reachesMs.toSorted((x, y) => x - y)[Math.floor(ROUNDS / 2)]).toBeLessThanOrEqual(PROMISED_MS);
    },
    TIMEOUT_MS,
  );

  it(
    'is not known to a process that reaches neither store: it says so, and stops by itself',
    async () => {
      await untilPasses(async () => {
        const { body } = await other.client.post('/recommendation', JOB);
        expect(body['reasons']).not.toContain('config_stale');
      });
      await Promise.all([other.postgres.refuse(), other.redis.refuse()]);
      await setStop(true);
      expect(await isStopped(other)).toBe(false);
      await untilStopped(other, true);
      const { body } = await other.client.post('/recommendation', JOB);
      expect(body).toMatchObject({
        should_retry: false,
        policy_guardrails: ['emergency_stop'],
        reasons: ['config_stale'],
        rationale: expect.stringContaining('no store has confirmed'),
      });
      await setStop(false);
      await Promise.all([other.postgres.open(), other.redis.open()]);
      await untilStopped(other, false);
    },
    TIMEOUT_MS,
  );

  it(
    'holds after a restart, and after Redis was cut off for a moment',
    async () => {
      await setStop(true);
      const restarted = await startReplica('restarted');
      expect(await isStopped(restarted)).toBe(true);
      await end(restarted);
      await other.redis.refuse();
      await other.redis.open();
      expect(await isStopped(other)).toBe(true);
      await setStop(false);
      await untilStopped(other, false);
    },
    TIMEOUT_MS,
  );

  it(
    'holds although Redis forgets everything: for who runs, for who starts, and for who reaches Redis alone',
    async () => {
      await setStop(true);
      await untilStopped(other, true);
      await flushRedis(String(process.env['TEST_REDIS_ADDR']));
      expect(await Promise.all([writer, other].map(isStopped))).toEqual([true, true]);
      const started = await startReplica('started');
      expect(await isStopped(started)).toBe(true);
      await end(started);
      // The copy is written anew: without it nothing would confirm the configuration to this one.
      await other.postgres.refuse();
      await sleep(MAX_STALE_MS + PROMISED_MS);
      expect(await isStopped(other)).toBe(true);
      await setStop(false);
      await untilStopped(other, false);
      await other.postgres.open();
    },
    TIMEOUT_MS,
  );

  it('is in the history with who, when and why', async () => {
    await setStop(true, 'the payment provider is down');
    const { body } = await writer.client.get('/configuration/history?limit=1');
    expect(body).toMatchObject({
      entries: [
        {
          changed_by: 'api',
          changed_at: expect.any(String),
          reason: 'the payment provider is down',
          strategy: { guardrails: { emergency_stop: true } },
        },
      ],
    });
    await setStop(false);
  });
});

describe('a process that nobody bounds', () => {
  it(
    'goes on by what it knows, and says that it is stale',
    async () => {
      const unbounded = await startReplica('unbounded', { RETRY_MAX_STALE: '24h' });
      await untilStopped(unbounded, false);
      await Promise.all([unbounded.postgres.refuse(), unbounded.redis.refuse()]);
      await sleep(MAX_STALE_MS);
      await untilPasses(async () => {
        const { body } = await unbounded.client.post('/recommendation', JOB);
        expect(body).toMatchObject({ should_retry: true, reasons: expect.arrayContaining(['config_stale']) });
      });
      await end(unbounded);
    },
    TIMEOUT_MS,
  );
});

describe('GET /guardrails', () => {
  it(
    'shows each process and what it runs; one that is cut off or has ended drops out',
    async () => {
      const third = await startReplica('third');
      const names = async () => {
        const { body } = await writer.client.get('/guardrails');
        expect(writer.api.logs).toContainEqual(expect.objectContaining({ url: writer.api.baseUrl, replica: 'writer' }));
        const replicas = body['replicas'] as readonly { readonly name: string; readonly is_current: boolean }[];
        return replicas.filter((replica) => replica.is_current).map(({ name }) => name);
      };
      await untilPasses(async () => expect(await names()).toEqual(['other', 'third', 'writer']));
      await other.postgres.refuse();
      await end(third);
      await untilPasses(async () => expect(await names()).toEqual(['writer']));
      await other.postgres.open();
      await untilPasses(async () => expect(await names()).toEqual(['other', 'writer']));
    },
    TIMEOUT_MS,
  );

  it('can be sent back as it is', async () => {
    const { body } = await writer.client.get('/guardrails');
    expect((await writer.client.put('/guardrails', body)).status).toBe(200);
  });
});

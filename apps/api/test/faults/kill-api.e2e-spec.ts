import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@smart-retry/storage/testing';
import { createClient } from '../support/client.js';
import { startApi, type RunningApi, type StartApiOptions } from '../support/start-api.js';
import { untilPasses } from './support/until-passes.js';
import { countRetries, expectEachOnce, Recording, resend, type Reported } from './support/recording.js';

const TIMEOUT_MS = 120_000;
/** Acknowledgements after which the process is killed: while everything warms up, and under full load. */
const KILL_AFTER = [1, 150, 600];

describe.each([
  ['the embedded Postgres', async () => ({ env: {}, drop: async () => undefined })],
  [
    'a Postgres of its own',
    async () => {
      const database: TestDatabase = await createTestDatabase();
      return { env: { RETRY_DATABASE_URL: database.url }, drop: () => database.drop() };
    },
  ],
])('kill -9 of the API while 32 clients record, on %s', (_name, createStores) => {
  let options: Required<StartApiOptions>;
  let stores: Awaited<ReturnType<typeof createStores>>;
  let api: RunningApi | undefined;
  const rounds = new Map<string, Reported>();

  beforeAll(async () => {
    stores = await createStores();
    options = { env: stores.env, dataDir: await mkdtemp(join(tmpdir(), 'smart-retry-kill-')) };
    api = await startApi(options);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await api?.stop();
    await rm(options.dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    await stores.drop();
  }, TIMEOUT_MS);

  const restart = async () => {
    api = await startApi(options);
    const client = createClient(api.baseUrl);
    // What is promised is that nothing is lost, not that a Postgres that recovers from a crash answers at once.
    await untilPasses(async () => expect((await client.get('/stats?job_type=any')).status).toBe(200));
    return client;
  };

  it.each(KILL_AFTER)(
    'loses no acknowledged attempt and doubles none, killed after %d',
    async (count) => {
      if (api === undefined) throw new Error('the API did not start');
      const jobType = `killed-after-${count}`;
      const recording = new Recording(createClient(api.baseUrl), jobType, count);
      await recording.untilAcknowledged(count);
      await api.kill9();
      const reported = await recording.stop();
      // Without reports in flight the kill would prove nothing.
      expect(reported.unanswered.length).toBeGreaterThanOrEqual(32);
      rounds.set(jobType, reported);
      await expectEachOnce(await restart(), jobType, reported);
    },
    TIMEOUT_MS,
  );

  it(
    'keeps what earlier restarts have already survived',
    async () => {
      await api?.kill9();
      const client = await restart();
      for (const [jobType, { acknowledged, unanswered }] of rounds) {
        expect(await countRetries(client, jobType)).toBe(acknowledged.length + unanswered.length);
      }
    },
    TIMEOUT_MS,
  );

  it('answers that a report is new when it is', async () => {
    if (api === undefined) throw new Error('the API did not start');
    const never = { job_id: 'never', job_type: 'never', attempt_number: 2, success: true, error_class: 'timeout' };
    expect(await resend(createClient(api.baseUrl), [never, never])).toEqual([false, true]);
  });
});

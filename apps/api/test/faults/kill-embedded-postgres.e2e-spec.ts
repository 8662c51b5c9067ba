import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { findServerPid } from './support/embedded-server.js';
import { expectEachOnce, Recording } from './support/recording.js';
import { untilPasses } from './support/until-passes.js';

const TIMEOUT_MS = 120_000;
const JOB = { job_type: 'advised', error_class: 'timeout', attempt_number: 1 };

describe('the end of the embedded Postgres, which somebody else kills or stops, while 32 clients record', () => {
  let api: RunningApi;
  let client: Client;

  beforeAll(async () => {
    api = await startApi();
    client = createClient(api.baseUrl);
  }, TIMEOUT_MS);

  afterAll(async () => {
    expect(await api.stop()).toBe(0);
  }, TIMEOUT_MS);

  const killServer = async (signal: NodeJS.Signals): Promise<number> => {
    const pid = await findServerPid(api.dataDir);
    if (pid === null) throw new Error('no embedded Postgres runs');
    process.kill(pid, signal);
    return pid;
  };

  it.each([
    [1, 'SIGKILL'],
    [2, 'SIGINT'],
    [3, 'SIGQUIT'],
    [4, 'SIGTERM'],
  ] as const)(
    'refuses attempts, advises on, recovers by itself and has each attempt once, end number %d by %s',
    async (round, signal) => {
      const jobType = `server-killed-${round}`;
      const recording = new Recording(client, jobType, round);
      await recording.untilAcknowledged(200 * round);
      const killed = await killServer(signal);
      await recording.untilRefused(10);
      const advised = await client.post('/recommendation', JOB);
      expect(advised).toMatchObject({ status: 200, body: { should_retry: true, method: 'rules' } });
      expect((await client.get('/health')).status).toBe(200);

      await untilPasses(async () => expect((await client.get('/health/ready')).status).toBe(200), {
        deadlineMs: 60_000,
      });
      const reported = await recording.stop();
      expect(await findServerPid(api.dataDir)).not.toBe(killed);
      for (const refusal of reported.refusals) {
        expect(refusal).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
        expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      }
      await expectEachOnce(client, jobType, reported);
      const found = await client.get(`/decisions/${String(advised.body['recommendation_id'])}`);
      expect(found.status).toBe(200);
    },
    TIMEOUT_MS,
  );
});

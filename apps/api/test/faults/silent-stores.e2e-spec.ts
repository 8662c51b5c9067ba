import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { openGatedStores, type GatedStores } from './support/gated-stores.js';
import { expectEachOnce, Recording } from './support/recording.js';
import { untilPasses } from './support/until-passes.js';

const TIMEOUT_MS = 120_000;
const REQUESTS = 100;
const JOB = { job_type: 'advised', error_class: 'timeout', attempt_number: 1 };

/** Silent: connections are accepted, and nothing is ever answered on them. */
describe('with stores that fall silent', () => {
  let stores: GatedStores;
  let api: RunningApi;
  let client: Client;

  beforeAll(async () => {
    stores = await openGatedStores();
    api = await startApi({ env: stores.env });
    client = createClient(api.baseUrl);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await api.stop();
    await stores.close();
  }, TIMEOUT_MS);

  const silence = () => {
    stores.gates.postgres.silence();
    stores.gates.redis.silence();
  };
  const wake = async () => {
    await Promise.all([stores.gates.postgres.open(), stores.gates.redis.open()]);
    await untilPasses(async () => expect((await client.get('/health/ready')).status).toBe(200));
  };
  const attempt = (jobId: string) => ({ job_id: jobId, job_type: 'silent', attempt_number: 2, success: true });
  const accepted = () => stores.gates.postgres.accepted + stores.gates.redis.accepted;

  it(
    'asks a silent store once, not once a request',
    async () => {
      silence();
      const before = accepted();
      for (let i = 0; i < REQUESTS; i++) {
        const refused = await client.post('/attempt', attempt(`refused-${i}`));
        expect(refused).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
      }
      expect(accepted() - before).toBeLessThan(REQUESTS / 4);
    },
    TIMEOUT_MS,
  );

  it('waits for no store to advise', async () => {
    const before = accepted();
    for (let i = 0; i < REQUESTS; i++) {
      expect(await client.post('/recommendation', JOB)).toMatchObject({ status: 200, body: { method: 'rules' } });
    }
    expect(accepted() - before).toBeLessThan(REQUESTS / 4);
  });

  it(
    'has stored nothing of what it refused, once the stores answer again',
    async () => {
      await wake();
      const attempts = Array.from({ length: REQUESTS }, (_, i) => attempt(`refused-${i}`));
      const { body } = await client.post('/attempt/batch', { attempts });
      expect(body['results']).toEqual(attempts.map(() => ({ status: 'recorded', duplicate: false })));
    },
    TIMEOUT_MS,
  );

  it.each([1, 2])(
    'has each attempt once whose answer was cut off by silence, round %d',
    async (round) => {
      const jobType = `cut-off-${round}`;
      const recording = new Recording(client, jobType, round);
      await recording.untilAcknowledged(150 * round);
      silence();
      await recording.untilRefused(32);
      await wake();
      await expectEachOnce(client, jobType, await recording.stop());
    },
    TIMEOUT_MS,
  );

  it(
    'starts against silent stores, and advises',
    async () => {
      silence();
      const other = await startApi({ env: stores.env });
      try {
        const answer = await createClient(other.baseUrl).post('/recommendation', JOB);
        expect(answer).toMatchObject({ status: 200, body: { should_retry: true } });
        expect((await createClient(other.baseUrl).get('/health')).status).toBe(200);
      } finally {
        expect(await other.stop()).toBe(0);
        await wake();
      }
    },
    TIMEOUT_MS,
  );

  it(
    'ends in order while the stores are silent',
    async () => {
      silence();
      await client.post('/recommendation', JOB);
      expect(await api.stop()).toBe(0);
    },
    TIMEOUT_MS,
  );
});

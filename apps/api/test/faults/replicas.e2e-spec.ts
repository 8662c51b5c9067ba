import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { openGatedStores, type GatedStores } from './support/gated-stores.js';
import { expectEachOnce, Recording, resend } from './support/recording.js';
import { untilPasses } from './support/until-passes.js';

const TIMEOUT_MS = 120_000;
const PROMISED_MS = 1_000;
const ROUNDS = 5;
const JOB = { job_type: 'advised', error_class: 'odd', attempt_number: 1 };

describe.each<[string, (stores: GatedStores) => Readonly<Record<string, string>>]>([
  ['Redis and Postgres', ({ env }) => env],
  ['Postgres alone', ({ databaseOnlyEnv }) => databaseOnlyEnv],
])('two instances on %s', (_name, chooseEnv) => {
  let stores: GatedStores;
  let apis: RunningApi[] = [];
  let a: Client;
  let b: Client;

  beforeAll(async () => {
    stores = await openGatedStores();
    const env = chooseEnv(stores);
    apis = await Promise.all([startApi({ env }), startApi({ env })]);
    [a, b] = apis.map(({ baseUrl }) => createClient(baseUrl)) as [Client, Client];
  }, TIMEOUT_MS);

  afterAll(async () => {
    expect(await Promise.all(apis.map((api) => api.stop()))).toEqual([0, 0]);
    await stores.close();
  }, TIMEOUT_MS);

  /** Milliseconds from the acknowledgement of `write` until `assertions` hold. */
  const measureReach = async (write: () => Promise<{ readonly status: number }>, assertions: () => Promise<void>) => {
    expect((await write()).status).toBeLessThan(300);
    const acknowledgedAtMs = performance.now();
    await untilPasses(assertions);
    return performance.now() - acknowledgedAtMs;
  };
  const expectStop = async (client: Client, isStopped: boolean) =>
    expect(await client.post('/recommendation', JOB)).toMatchObject({
      body: { should_retry: !isStopped, policy_guardrails: isStopped ? ['emergency_stop'] : [] },
    });

  it(
    'both stop within a second of an acknowledged emergency stop, and go on within a second of its end',
    async () => {
      const reachesMs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        for (const isStopped of [true, false]) {
          const [writer, other] = round % 2 === 0 ? [a, b] : [b, a];
          const put = () => writer.put('/guardrails', { emergency_stop: isStopped });
          const reachMs = await measureReach(put, async () => expectStop(other, isStopped));
          // Where it was written it holds at once.
          await expectStop(writer, isStopped);
          reachesMs.push(reachMs);
        }
      }
      // The median: one pause of a busy test machine is not the promise.
      expect(reachesMs.toSorted((x, y) => x - y)[ROUNDS]).toBeLessThanOrEqual(PROMISED_MS);
    },
    TIMEOUT_MS,
  );

  it('both apply a policy that one was given, and forget it when the other removes it', async () => {
    const policy = { name: 'odd', error_patterns: ['odd'], max_attempts: 2, priority: 200 };
    await measureReach(
      () => a.post('/policies', policy),
      async () => expect(await b.post('/recommendation', JOB)).toMatchObject({ body: { policy: 'odd' } }),
    );
    await measureReach(
      () => b.delete('/policies/odd'),
      async () => expect(await a.post('/recommendation', JOB)).toMatchObject({ body: { policy: 'default' } }),
    );
  });

  it('lose no policy of those that both create at once, and number each change once', async () => {
    const { body: before } = await a.get('/strategy');
    const names = Array.from({ length: 24 }, (_, i) => `at-once-${i}`);
    const created = await Promise.all(
      names.map((name, i) =>
        (i % 2 === 0 ? a : b).post('/policies', { name, error_patterns: [name], max_attempts: 3, priority: 2 }),
      ),
    );
    expect(created.map(({ status }) => status)).toEqual(names.map(() => 201));
    for (const client of [a, b]) {
      await untilPasses(async () => {
        const { body } = await client.get('/strategy');
        const policies = body['policies'] as readonly { readonly name: string }[];
        expect(policies.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
        expect(body['revision']).toBe(Number(before['revision']) + names.length);
      });
    }
  });

  it('let one of two creators of the same policy win', async () => {
    const policy = { name: 'contested', error_patterns: ['x'], max_attempts: 3, priority: 3 };
    const statuses = await Promise.all(
      [a, b, a, b].map(async (client) => (await client.post('/policies', policy)).status),
    );
    expect(statuses.toSorted()).toEqual([201, 409, 409, 409]);
  });

  const countLinks = async (client: Client, source: string) => {
    const { text } = await client.get('/metrics');
    return Number(new RegExp(`^smart_retry_links_total\\{source="${source}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  };
  const statisticsByClass = async (jobType: string) =>
    (await b.get(`/stats?job_type=${jobType}&group_by=error_class`)).body['groups'];

  it("link an outcome to the other's recommendation by its id, and to none by a forged one", async () => {
    const job = { ...JOB, job_type: 'linked-by-id', error_class: 'seen_by_a' };
    const { body } = await a.post('/recommendation', job);
    const id = String(body['recommendation_id']);
    const linksBefore = await countLinks(b, 'recommendation');
    const report = { job_type: job.job_type, attempt_number: 2, success: true };
    await b.post('/attempt', { ...report, job_id: 'genuine', recommendation_id: id });
    expect(await statisticsByClass(job.job_type)).toEqual([
      expect.objectContaining({ group: 'seen_by_a', successful_retries: 1 }),
    ]);
    const forged = `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`;
    await b.post('/attempt', {
      ...report,
      job_id: 'forged',
      recommendation_id: `${forged.slice(0, 8)}x${forged.slice(9)}`,
    });
    expect(await countLinks(b, 'recommendation')).toBe(linksBefore + 1);
    expect(await statisticsByClass(job.job_type)).toEqual(
      expect.arrayContaining([expect.objectContaining({ group: null, successful_retries: 1 })]),
    );
  });

  it("link an outcome to the other's recommendation by its job, once that is in the audit trail", async () => {
    const job = { ...JOB, job_type: 'linked-by-job', job_id: 'shared', error_class: 'told_to_a' };
    await a.post('/recommendation', job);
    await untilPasses(async () => expect((await b.get('/decisions?job_id=shared')).body['decisions']).toHaveLength(1));
    const linksBefore = await countLinks(b, 'job');
    await b.post('/attempt', { job_type: job.job_type, job_id: job.job_id, attempt_number: 2, success: true });
    expect(await countLinks(b, 'job')).toBe(linksBefore + 1);
    expect(await statisticsByClass(job.job_type)).toEqual([
      expect.objectContaining({ group: 'told_to_a', successful_retries: 1 }),
    ]);
  });

  it('store an attempt once that both record at the same time', async () => {
    const reports = Array.from({ length: 60 }, (_, i) => ({
      job_id: `both-${i}`,
      job_type: 'both',
      attempt_number: 2,
      success: true,
      error_class: 'timeout',
    }));
    // A refusal for want of time says nothing of once; workers repeat what was refused.
    const recordBy = (client: Client, report: object) =>
      untilPasses(async () => {
        const { status, body } = await client.post('/attempt', report);
        expect(status).toBe(200);
        return body['duplicate'];
      });
    const answers = await Promise.all(reports.map((report) => Promise.all([recordBy(a, report), recordBy(b, report)])));
    expect(answers).not.toContainEqual([false, false]);
    expect(answers.flat()).toContain(false);
    expect((await a.get('/stats?job_type=both')).body['total_attempts']).toBe(reports.length);
    const [first, second] = await Promise.all([resend(a, reports), resend(b, reports.toReversed())]);
    expect(new Set([...first, ...second])).toEqual(new Set([true]));
  });

  it(
    'keep each attempt once where one of them is killed and its workers turn to the other',
    async () => {
      const doomed = await startApi({ env: chooseEnv(stores) });
      const recording = new Recording(createClient(doomed.baseUrl), 'turned', 7);
      await recording.untilAcknowledged(100);
      await doomed.kill9();
      await expectEachOnce(b, 'turned', await recording.stop());
    },
    TIMEOUT_MS,
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
}, 60_000);
afterAll(() => api.stop());

const ask = async (dependency: string, jobId: string, more: object = {}) =>
  (
    await client.post('/recommendation', {
      job_type: 'sync',
      error_class: 'timeout',
      attempt_number: 1,
      dependency,
      job_id: jobId,
      ...more,
    })
  ).body;
const reportFirstTries = (dependency: string, succeeded: number, more: object = {}) =>
  client.post('/attempt/counts', {
    counts: [
      {
        job_type: 'sync',
        dependency,
        succeeded,
        failed: 0,
        window_start: new Date(Date.now() - 300_000).toISOString(),
        window_end: new Date().toISOString(),
        ...more,
      },
    ],
  });

describe('GET /dependencies', () => {
  it('says how each dependency is doing, and 404 of one that nobody has named', async () => {
    await ask('quiet', 'a');
    const { body } = await client.get('/dependencies/quiet');
    expect(body).toEqual({
      name: 'quiet',
      breaker: { state: 'closed', since: null, probes_at: null, override: null, reason: null, goes_by: 'retries' },
      recent: { failed: 1, succeeded: 0 },
      first_tries_per_second: null,
      retry_time_ratio: null,
      budget_left: null,
      parked: expect.any(Number),
      waiting: expect.any(Number),
      throttled_to: null,
      hint_until: null,
    });
    expect((await client.get('/dependencies?limit=1')).body['dependencies']).toHaveLength(1);
    expect(await client.get('/dependencies/never')).toMatchObject({
      status: 404,
      body: { code: 'DEPENDENCY_NOT_FOUND' },
    });
    expect((await client.get('/dependencies?limit=0')).body['fields']).toEqual([
      expect.objectContaining({ path: 'limit' }),
    ]);
  });
});

describe('a call that is repeated', () => {
  it('is one failure of a job that has an id, and another one without, whatever its Idempotency-Key', async () => {
    const repeat = async (dependency: string, job: object) => {
      const body = { job_type: 'sync', error_class: 'timeout', attempt_number: 1, dependency, ...job };
      for (let i = 0; i < 3; i++)
        await client.post('/recommendation', body, { headers: { 'idempotency-key': dependency } });
      return (await client.get(`/dependencies/${dependency}`)).body['recent'];
    };
    expect(await repeat('repeated-known', { job_id: 'known' })).toEqual({ failed: 1, succeeded: 0 });
    expect(await repeat('repeated-unknown', {})).toEqual({ failed: 3, succeeded: 0 });
  });
});

describe('the retry budget', () => {
  it('is not enforced, and says so, where nobody reports first tries', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask('unreported', `job-${i}`)));
    expect(new Set(answers.map(({ decision }) => decision))).toEqual(new Set(['retry']));
    expect(answers[0]?.['reasons']).toContain('budget_unknown');
    expect((await client.get('/dependencies/unreported')).body).toMatchObject({ parked: 40 });
    const again = await ask('unreported', 'job-0');
    expect(again).toMatchObject({ delay_ms: answers[0]?.['delay_ms'], reasons: answers[0]?.['reasons'] });
  });

  it('puts off what has no room, names itself and what is left, and burns no attempt', async () => {
    expect((await client.put('/guardrails', { max_budget_growth: 1 })).status).toBe(200);
    await reportFirstTries('reported', 300);
    const hinted = { error_class: 'rate_limit', retry_after_ms: 2_000 };
    const answers = [];
    for (let i = 0; i < 60; i++) answers.push(await ask('reported', `job-${i}`, hinted));
    const deferred = answers.filter(({ decision }) => decision === 'defer');
    expect(answers[0]?.['decision']).toBe('retry');
    expect(deferred.length).toBeGreaterThan(5);
    expect(deferred[0]).toMatchObject({
      should_retry: true,
      counts_as_attempt: false,
      policy_guardrails: ['budget'],
      guardrail_effects: [{ name: 'budget', before: 'retry', after: 'defer' }],
      reasons: expect.arrayContaining(['budget_spent']),
      rationale: expect.stringMatching(
        /budget of dependency "reported".*has no place for .*; within a minute there is room/,
      ),
    });
    expect(answers.at(-1)?.['delay_ms']).toBeGreaterThan(Number(deferred[0]?.['delay_ms']));
    const { body } = await client.get('/dependencies/reported');
    expect(body).toMatchObject({ waiting: deferred.length, throttled_to: expect.closeTo(1, 1) });
  });

  it('stops, with its name, what cannot be put off', async () => {
    const deadline = new Date(Date.now() + 20_000).toISOString();
    const hinted = { error_class: 'rate_limit', retry_after_ms: 2_000, deadline_at: deadline };
    expect(await ask('reported', 'urgent', hinted)).toMatchObject({
      decision: 'stop',
      should_retry: false,
      policy_guardrails: ['budget'],
    });
  });

  it('is a share of their processing time, where retries are reported to take longer', async () => {
    const attempts = Array.from({ length: 30 }, (_, i) => ({
      job_id: `slow-${i}`,
      job_type: 'sync',
      dependency: 'slow',
      attempt_number: 2,
      success: true,
      processing_time: '800ms',
    }));
    expect((await client.post('/attempt/batch', { attempts })).status).toBe(200);
    await reportFirstTries('slow', 3_000, { processing_time: '00:10:00' });
    await reportFirstTries('untimed', 3_000);
    const [slow, untimed] = await Promise.all(
      ['slow', 'untimed'].map(async (name) => (await client.get(`/dependencies/${name}`)).body),
    );
    expect([slow?.['retry_time_ratio'], untimed?.['retry_time_ratio']]).toEqual([expect.closeTo(4, 1), null]);
    expect(Number(slow?.['budget_left'])).toBeLessThan(0.5 * Number(untimed?.['budget_left']));
  });

  it('spends nothing on a replay', async () => {
    const failed_at = new Date(Date.now() - 3_600_000).toISOString();
    expect(await ask('reported', 'replayed', { failed_at })).toMatchObject({
      decision: 'retry',
      policy_guardrails: [],
    });
  });
});

describe('a replay', () => {
  const agoMs = (atMs: number) => new Date(Date.now() - 3_600_000 + atMs).toISOString();
  const failThen = (i: number) => ask('replayed', `then-${i}`, { failed_at: agoMs(200 * i), error_class: 'timeout' });

  it('meets the breaker of then, and moves none of now', async () => {
    const answers = [await failThen(0)];
    await reportFirstTries('replayed', 300, { window_start: agoMs(-300_000), window_end: agoMs(0) });
    for (let i = 1; i < 100; i++) answers.push(await failThen(i));
    expect(answers[0]).toMatchObject({ decision: 'retry' });
    expect(answers.at(-1)).toMatchObject({ decision: 'defer', policy_guardrails: ['breaker'] });
    expect((await client.get('/dependencies/replayed')).status).toBe(404);
    expect(await ask('replayed', 'now')).toMatchObject({ decision: 'retry', policy_guardrails: [] });
  });
});

describe('PUT /dependencies/{name}/breaker', () => {
  it('holds a breaker open until that is taken back, and the history says who did it and why', async () => {
    const put = (body: object) => client.put('/dependencies/erp%2Fv2/breaker', body);
    expect(await put({ state: 'open', reason: 'migration' })).toMatchObject({
      status: 200,
      body: { dependency: 'erp/v2', state: 'open', reason: 'migration' },
    });
    expect(await ask('erp/v2', 'a')).toMatchObject({
      decision: 'defer',
      policy_guardrails: ['breaker'],
      rationale: expect.stringContaining('migration'),
    });
    expect((await client.get('/dependencies/erp%2Fv2')).body).toMatchObject({
      breaker: { state: 'open', override: 'open', reason: 'migration' },
    });
    const guardrails = (await client.get('/guardrails')).body;
    expect(guardrails['breaker_overrides']).toEqual([{ dependency: 'erp/v2', state: 'open', reason: 'migration' }]);
    expect((await client.put('/guardrails', guardrails)).status).toBe(200);
    expect((await put({ state: 'auto', reason: 'migrated' })).status).toBe(200);
    expect(await ask('erp/v2', 'b')).toMatchObject({ decision: 'retry' });
    const { body: history } = await client.get('/configuration/history');
    expect(history['entries']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'breaker.held_open', target: 'erp/v2', reason: 'migration' }),
        expect.objectContaining({ action: 'breaker.released', target: 'erp/v2', reason: 'migrated' }),
      ]),
    );
  });

  it('is shown of a dependency that nobody has asked about', async () => {
    expect((await client.put('/dependencies/unheard/breaker', { state: 'open' })).status).toBe(200);
    expect((await client.get('/dependencies/unheard')).body).toMatchObject({
      breaker: { state: 'open', override: 'open' },
    });
    const { body } = await client.get('/dependencies');
    expect(body['dependencies']).toContainEqual(expect.objectContaining({ name: 'unheard' }));
  });

  it('refuses a state that is none', async () => {
    expect(await client.put('/dependencies/erp/breaker', { state: 'ajar' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST', fields: [expect.objectContaining({ path: 'state' })] },
    });
  });
});

describe("a server's hint", () => {
  it('is kept by all jobs that call the same dependency, and by no others', async () => {
    await ask('limited', 'told', { error_class: 'rate_limit', retry_after_ms: 40_000 });
    const other = await ask('limited', 'untold', { error_class: 'rate_limit' });
    expect(other['delay_ms']).toBeGreaterThan(35_000);
    expect(other['reasons']).toContain('shared_hint');
    expect((await ask('unlimited', 'untold', { error_class: 'rate_limit' }))['delay_ms']).toBeLessThan(10_000);
  });

  it("is its job's own where no dependency is named", async () => {
    const unnamed = { job_type: 'mixed', error_class: 'rate_limit', attempt_number: 1 };
    await client.post('/recommendation', { ...unnamed, job_id: 'told', retry_after_ms: 40_000 });
    const { body: other } = await client.post('/recommendation', { ...unnamed, job_id: 'untold' });
    expect(other['delay_ms']).toBeLessThan(10_000);
  });
});

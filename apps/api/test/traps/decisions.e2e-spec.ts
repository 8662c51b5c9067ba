import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB, listBodyRoutes } from '../support/bodies.js';
import { createClient, type Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

const ask = async (features: object = {}) =>
  (await client.post('/recommendation', { ...FAILED_JOB, ...features })).body;

describe('the contract', () => {
  it('refuses {} and negative attempts wherever something is required', async () => {
    for (const { method, path } of await listBodyRoutes(client)) {
      if (path === '/guardrails') continue;
      expectProblem(await client.send(method, path, { body: {} }), 400, 'INVALID_REQUEST');
    }
    for (const attempt_number of [-1, -20_000, 0]) {
      expectProblem(await client.post('/recommendation', { ...FAILED_JOB, attempt_number }), 400, 'INVALID_REQUEST');
    }
  });

  it('dates every error by the time at which it happened', async () => {
    for (let i = 0; i < 2; i++) {
      const askedAtMs = Date.now();
      const { body } = await client.post('/recommendation', {});
      const atMs = Date.parse(String(body['timestamp']));
      expect(atMs).toBeGreaterThanOrEqual(askedAtMs);
      expect(atMs).toBeLessThanOrEqual(Date.now());
    }
  });

  it('never answers null where there is a list', async () => {
    const { body } = await client.post('/preview', {
      features: { ...FAILED_JOB, attempt_number: 999 },
      max_attempts: 1,
    });
    expect(body).toMatchObject({ recommendations: [{ decision: 'stop' }], timeline: [] });
    expect((await client.get('/decisions?job_id=nobody')).body).toMatchObject({ decisions: [], next_cursor: null });
    expect((await client.get('/stats?job_type=nobody&group_by=queue')).body).toMatchObject({ groups: [] });
  });
});

describe('the audit trail', () => {
  it('refuses to filter by what came of decisions, rather than answering all of them', async () => {
    const answer = await client.get('/decisions?outcome=failed');
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(answer.body).toMatchObject({ fields: [{ path: 'outcome' }] });
  });
});

describe('rules', () => {
  it('narrow by job type: a policy for critical jobs does not take every timeout', async () => {
    const policy = { error_patterns: ['timeout'], job_type_patterns: ['critical_.*'], max_attempts: 2, priority: 900 };
    await client.post('/policies', { name: 'critical', ...policy });
    expect(await ask({ job_type: 'email_send' })).toMatchObject({ policy: 'service_unavailable' });
    expect(await ask({ job_type: 'critical_mail' })).toMatchObject({ policy: 'critical' });
    await client.delete('/policies/critical');
  });

  it('claim no confidence and no success that nobody has seen', async () => {
    const answers = [await ask({ attempt_number: 1 }), await ask({ attempt_number: 2 })];
    for (const answer of answers) expect(answer).toMatchObject({ confidence: 0, estimated_success: 0.5 });
  });
});

describe('guardrails', () => {
  it('are not switched off by a strategy that is null', async () => {
    const before = await client.get('/strategy');
    for (const body of ['null', '{}', '[]']) {
      expectProblem(await client.put('/strategy', body), 400, 'INVALID_REQUEST');
    }
    expect((await client.get('/strategy')).body).toEqual(before.body);
    expect(await ask()).toMatchObject({ should_retry: true });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Ask, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { listDocumentedRoutes } from './support/documented-routes.js';

const ADMIN = { headers: { 'x-api-key': 'the-admin-key' } };
/** In everything that the other tenant sends. */
const SECRET = 'zebra';
const OWN = 'acme';
const FOREIGN = `${SECRET}-corp`;

let api: RunningApi;
let client: Client;
let own: Ask;
let foreign: Ask;

const bind = async (tenant: string): Promise<Ask> => {
  const scopes = ['recommend', 'record', 'read'];
  return untilPasses(async () => {
    const { status, body } = await client.post('/keys', { name: `workers of ${tenant}`, scopes, tenant }, ADMIN);
    expect(status).toBe(201);
    return { headers: { authorization: `Bearer ${String(body['secret'])}` } };
  });
};
const failedJob = (jobId: string) => ({
  job_id: jobId,
  job_type: 'email_send',
  error_class: 'timeout',
  attempt_number: 1,
});

beforeAll(async () => {
  api = await startApi({ env: { RETRY_ADMIN_KEY: 'the-admin-key' } });
  client = createClient(api.baseUrl);
  own = await bind(OWN);
  foreign = await bind(FOREIGN);
}, 120_000);

afterAll(async () => {
  expect(await api.stop()).toBe(0);
});

describe('a key that is bound to a tenant', () => {
  it('speaks for its tenant without naming it', async () => {
    const { body } = await client.post('/recommendation', failedJob('mine'), own);
    const found = await client.get(`/decisions/${String(body['recommendation_id'])}`, ADMIN);
    expect(found).toMatchObject({ status: 200, body: { features: { tenant: OWN } } });
    await client.post('/attempt', { ...failedJob('mine'), attempt_number: 2, success: true }, own);
    expect((await client.get(`/stats?tenant=${OWN}`, ADMIN)).body).toMatchObject({ total_attempts: 1 });
  });

  it('is refused another tenant, by the field that names it, and nothing is done', async () => {
    const stranger = { ...failedJob('not-mine'), tenant: FOREIGN };
    const asked = [
      [await client.post('/recommendation', stranger, own), 'tenant'],
      [await client.post('/recommendation/batch', { features: [failedJob('a'), stranger] }, own), 'features[1].tenant'],
      [await client.get(`/stats?tenant=${FOREIGN}`, own), 'tenant'],
    ] as const;
    for (const [answer, path] of asked) {
      expectProblem(answer, 403, 'FORBIDDEN_TENANT');
      expect(problemPaths(answer)).toEqual([path]);
    }
    expect((await client.get('/decisions?job_id=not-mine', ADMIN)).body).toMatchObject({ decisions: [] });
    expect((await client.get(`/stats?tenant=${FOREIGN}`, ADMIN)).body).toMatchObject({ total_attempts: 0 });
  });

  it('is refused another tenant in a batch of attempts for that item alone', async () => {
    const attempts = ['first', 'second', 'third'].map((jobId, i) => ({
      ...failedJob(jobId),
      job_type: 'one_foreign',
      attempt_number: 2,
      success: true,
      ...(i === 1 && { tenant: FOREIGN }),
    }));
    const { status, body } = await client.post('/attempt/batch', { attempts }, own);
    const recorded = { status: 'recorded', duplicate: false };
    const refused = { status: 'error', code: 'FORBIDDEN_TENANT', fields: [{ path: 'tenant' }] };
    expect({ status, body }).toMatchObject({ status: 200, body: { results: [recorded, refused, recorded] } });
    const countOf = async (tenant: string) =>
      (await client.get(`/stats?job_type=one_foreign&tenant=${tenant}`, ADMIN)).body['total_attempts'];
    expect([await countOf(OWN), await countOf(FOREIGN)]).toEqual([2, 0]);
  });

  it('finds what another tenant was told neither in pages nor by its id, where a key of all tenants does', async () => {
    const { body } = await client.post('/recommendation', failedJob('shared-id'), foreign);
    const path = `/decisions/${String(body['recommendation_id'])}`;
    expect((await client.get(path, foreign)).status).toBe(200);
    expect((await client.get(path, ADMIN)).status).toBe(200);
    expectProblem(await client.get(path, own), 404, 'DECISION_NOT_FOUND');
    expect((await client.get('/decisions?job_id=shared-id', own)).body).toMatchObject({ decisions: [] });
    expect((await client.get('/decisions?job_id=shared-id', foreign)).body).toMatchObject({ decisions: [{}] });
  });

  it('counts its own attempts only, in groups as well', async () => {
    const report = { ...failedJob(SECRET), attempt_number: 2, success: true, queue: `${SECRET}-queue` };
    expect((await client.post('/attempt', report, foreign)).body).toMatchObject({ duplicate: false });
    const { body } = await client.get('/stats?group_by=queue', own);
    expect(JSON.stringify(body)).not.toContain(SECRET);
    expect(JSON.stringify((await client.get('/stats?group_by=queue', ADMIN)).body)).toContain(SECRET);
    // The same job id of another tenant is another job.
    expect((await client.post('/attempt', { ...report, queue: '' }, own)).body).toMatchObject({ duplicate: false });
  });

  it('does not meet the idempotency keys of another tenant', async () => {
    const window = { window_start: new Date().toISOString(), window_end: new Date().toISOString() };
    const count = (succeeded: number, ask: Ask) =>
      client.post(
        '/attempt/counts',
        { counts: [{ job_type: 'a', succeeded, failed: 0, ...window }] },
        { headers: { ...ask.headers, 'idempotency-key': 'the-same' } },
      );
    expect((await count(1, foreign)).status).toBe(200);
    expect((await count(2, own)).status).toBe(200);
    expectProblem(await count(3, own), 409, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('reads from no route a word of another tenant, of which a key of all tenants reads plenty', async () => {
    const policy = { name: `${SECRET}-policy`, error_patterns: [], tenant_patterns: [FOREIGN], max_attempts: 2 };
    expect((await client.post('/policies', policy, ADMIN)).status).toBe(201);
    const stops = { emergency_stops: [{ tenant: FOREIGN, reason: `${SECRET} asked` }] };
    expect((await client.put('/guardrails', stops, ADMIN)).status).toBe(200);
    const { body: advice } = await client.post('/recommendation', failedJob(`${SECRET}-job`), foreign);
    expect(advice).toMatchObject({ should_retry: false, rationale: expect.stringContaining(SECRET) });
    const paths = (await listDocumentedRoutes()).filter(({ method }) => method === 'GET').map(({ path }) => path);
    const seenBy = async (ask: Ask) => {
      const answers = await Promise.all(paths.map(async (path) => ({ path, ...(await client.get(path, ask)) })));
      return answers.filter(({ text }) => text.includes(SECRET)).map(({ path }) => path);
    };
    expect(await seenBy(own)).toEqual([]);
    expect(await seenBy(ADMIN)).toEqual(
      expect.arrayContaining(['/decisions', '/policies', '/strategy', '/guardrails']),
    );
  });
});

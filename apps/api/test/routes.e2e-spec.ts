import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from './support/client.js';
import { startApi, type RunningApi } from './support/start-api.js';

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  expect(await api.stop()).toBe(0);
});

const JOB = { job_type: 'email_send', error_class: 'timeout', attempt_number: 1 };
const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('recommendations', () => {
  it('answers every field of the seed and of the contract', async () => {
    const { status, body } = await client.post('/recommendation', JOB);
    expect(status).toBe(200);
    expect(body).toEqual({
      should_retry: true,
      delay_ms: expect.any(Number),
      max_attempts: 3,
      confidence: expect.any(Number),
      rationale: expect.stringContaining('service_unavailable'),
      method: 'rules',
      estimated_success: expect.any(Number),
      next_evaluation: expect.stringMatching(RFC_3339_UTC),
      policy_guardrails: [],
      decision: 'retry',
      policy: 'service_unavailable',
      estimated_success_interval: [expect.any(Number), expect.any(Number)],
      guardrail_effects: [],
      alternatives: expect.any(Array),
      reasons: expect.arrayContaining(['policy_matched']),
      propensity: expect.any(Number),
      model_version: null,
      counts_as_attempt: true,
      recommendation_id: expect.stringMatching(/^[\w-]{1,128}$/),
      expires_at: expect.stringMatching(RFC_3339_UTC),
    });
  });

  it('answers a batch in order', async () => {
    const features = [JOB, { ...JOB, error_class: 'validation' }];
    const { status, body } = await client.post('/recommendation/batch', { features });
    expect(status).toBe(200);
    expect(body).toMatchObject({ recommendations: [{ should_retry: true }, { should_retry: false, delay_ms: 0 }] });
  });

  it('previews a schedule that starts with the next attempt', async () => {
    const { status, body } = await client.post('/preview', { features: JOB, max_attempts: 3 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      job_id: 'email_send_preview',
      current_attempt: 1,
      features: JOB,
      timeline: [{ attempt_number: 2 }, { attempt_number: 3 }],
    });
  });

  it('finds a decision that it has just made', async () => {
    const { body: advice } = await client.post('/recommendation', { ...JOB, job_id: 'audited' });
    const one = await client.get(`/decisions/${String(advice['recommendation_id'])}`);
    expect(one.body).toMatchObject({
      recommendation: { delay_ms: advice['delay_ms'] },
      features: { job_id: 'audited' },
    });
    const page = await client.get('/decisions?job_id=audited');
    expect(page.body).toMatchObject({ decisions: [one.body], next_cursor: null });
  });
});

describe('attempts and statistics', () => {
  it('records an attempt once and counts it', async () => {
    const attempt = { job_id: 'j1', job_type: 'counted', attempt_number: 2, success: true, error_class: 'timeout' };
    const first = await client.post('/attempt', attempt);
    const second = await client.post('/attempt', attempt);
    expect([first.body, second.body]).toEqual([
      { status: 'recorded', duplicate: false },
      { status: 'recorded', duplicate: true },
    ]);
    const { body } = await client.get('/stats?job_type=counted&window=24h');
    expect(body).toMatchObject({ total_attempts: 1, successful_retries: 1, failed_retries: 0, success_rate: 1 });
  });

  it('groups statistics', async () => {
    await client.post('/attempt', { job_id: 'g', job_type: 'g', queue: 'q', attempt_number: 2, success: false });
    const { body } = await client.get('/stats?job_type=g&group_by=queue');
    expect(body).toMatchObject({ group_by: 'queue', groups: [{ group: 'q', failed_retries: 1 }] });
  });

  it('keeps the good items of a batch and names what is wrong with the others', async () => {
    const good = { job_id: 'b1', job_type: 'b', attempt_number: 1, success: true };
    const { status, body } = await client.post('/attempt/batch', { attempts: [good, { ...good, success: 'yes' }, 7] });
    expect(status).toBe(200);
    expect(body['results']).toEqual([
      { status: 'recorded', duplicate: false },
      expect.objectContaining({ status: 'error', code: 'INVALID_REQUEST', details: 'success must be boolean' }),
      expect.objectContaining({ status: 'error', code: 'INVALID_REQUEST' }),
    ]);
  });

  it('adds up counts of first tries, once for an idempotency key', async () => {
    const now = new Date().toISOString();
    const counts = [{ job_type: 'c', succeeded: 5, failed: 1, window_start: now, window_end: now }];
    const headers = { 'idempotency-key': 'counts-1' };
    const first = await client.post('/attempt/counts', { counts }, { headers });
    const second = await client.post('/attempt/counts', { counts }, { headers });
    expect(first).toMatchObject({ status: 200, body: { status: 'recorded', recorded: 1 } });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const { body } = await client.get('/stats?job_type=c');
    expect(body['first_tries']).toEqual({ succeeded: 5, failed: 1 });
  });
});

describe('policies', () => {
  const policy = { name: 'with/slash', error_patterns: ['odd'], max_attempts: 2, priority: 200 };
  const path = `/policies/${encodeURIComponent(policy.name)}`;

  it('adds, shows, applies, replaces and removes a policy', async () => {
    const added = await client.post('/policies', policy);
    expect(added).toMatchObject({ status: 201, body: { status: 'added', policy } });
    expect(await client.post('/policies', policy)).toMatchObject({ status: 409, body: { code: 'POLICY_EXISTS' } });
    const shown = await client.get(path);
    expect(shown).toMatchObject({ status: 200, body: policy });
    const advice = await client.post('/recommendation', { ...JOB, error_class: 'odd' });
    expect(advice.body).toMatchObject({ policy: policy.name, max_attempts: 2 });
    const replaced = await client.put(path, { ...shown.body, max_attempts: 4 });
    expect(replaced).toMatchObject({ status: 200, body: { status: 'replaced', policy: { max_attempts: 4 } } });
    expect(await client.delete(path)).toMatchObject({ status: 200, body: { status: 'removed' } });
    expect(await client.delete(path)).toMatchObject({ status: 404, body: { code: 'POLICY_NOT_FOUND' } });
  });

  it('reaches a policy whose name is that of a route', async () => {
    expect((await client.post('/policies', { ...policy, name: 'test' })).status).toBe(201);
    expect((await client.get('/policies/test')).body).toMatchObject({ name: 'test' });
    expect((await client.delete('/policies/test')).status).toBe(200);
  });

  it('explains which policy a job would match', async () => {
    const { body } = await client.post('/policies/test', { ...JOB, error_class: 'validation' });
    expect(body).toMatchObject({ matched: 'validation_errors', validation_stop: true });
    expect(body['evaluations']).toHaveLength(4);
  });

  it('refuses a pattern that RE2 does not take, naming it', async () => {
    const { status, body } = await client.post('/policies', { ...policy, error_patterns: ['(?=x)'] });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'INVALID_POLICY', fields: [{ path: 'error_patterns[0]' }] });
  });
});

describe('strategy and guardrails', () => {
  it('takes back unchanged what it answers', async () => {
    const strategy = await client.get('/strategy');
    const put = await client.put('/strategy', strategy.body);
    expect(put.status).toBe(200);
    expect({ ...put.body, revision: 0, updated_at: '', updated_by: '' }).toEqual({
      ...strategy.body,
      revision: 0,
      updated_at: '',
      updated_by: '',
    });
    const guardrails = await client.get('/guardrails');
    expect((await client.put('/guardrails', guardrails.body)).status).toBe(200);
  });

  it('merges guardrails, and an emergency stop is live at once', async () => {
    const stopped = await client.put('/guardrails', { emergency_stop: true });
    expect(stopped.body).toMatchObject({ emergency_stop: true, max_attempts: 10 });
    const advice = await client.post('/recommendation', JOB);
    expect(advice.body).toMatchObject({ should_retry: false, policy_guardrails: ['emergency_stop'] });
    await client.put('/guardrails', { emergency_stop: false });
  });

  it('refuses a write whose condition does not hold, and tells who changed what', async () => {
    const { headers } = await client.get('/guardrails');
    const etag = headers.get('etag') ?? '';
    expect((await client.put('/guardrails', { max_attempts: 9 }, { headers: { 'if-match': etag } })).status).toBe(200);
    const late = await client.put('/guardrails', { max_attempts: 8 }, { headers: { 'if-match': etag } });
    expect(late).toMatchObject({ status: 409, body: { code: 'CONFIGURATION_CHANGED' } });
    const { body } = await client.get('/configuration/history?limit=1');
    expect(body).toMatchObject({
      entries: [{ action: 'guardrails.updated', changed_by: 'api', strategy: { guardrails: { max_attempts: 9 } } }],
      next_cursor: expect.any(String),
    });
  });

  it('answers a repeated write from its idempotency key, and refuses the key for another one', async () => {
    const headers = { 'idempotency-key': 'guardrails-1' };
    const first = await client.put('/guardrails', { max_attempts: 7 }, { headers });
    const again = await client.put('/guardrails', { max_attempts: 7 }, { headers });
    expect(again.body).toEqual(first.body);
    expect(await client.put('/guardrails', { max_attempts: 6 }, { headers })).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });
});

describe('operations', () => {
  it('says that it is alive and ready', async () => {
    expect(await client.get('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await client.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { postgres: { status: 'up' } } },
    });
  });

  it('counts what it does', async () => {
    await client.post('/recommendation', JOB);
    const { text, status } = await client.get('/metrics');
    expect(status).toBe(200);
    expect(text).toMatch(/smart_retry_recommendations_total\{method="rules",decision="retry"\} [1-9]/);
    expect(text).toMatch(/smart_retry_policy_matches_total\{policy="service_unavailable"\} [1-9]/);
    expect(text).toMatch(/smart_retry_store_up\{store="postgres"\} 1/);
    expect(text).toContain('route="/api/v1/retry/recommendation",status="2xx"');
  });

  it('serves its OpenAPI document and a page for it', async () => {
    const { body } = await client.get('/openapi.json');
    expect(body).toMatchObject({ openapi: '3.1.0', paths: { '/api/v1/retry/recommendation': {} } });
    const page = await client.get('/docs/');
    expect(page.status).toBe(200);
    expect(page.text).toContain('swagger');
  });

  it('echoes a safe request id and makes one otherwise', async () => {
    const given = await client.get('/health', { headers: { 'x-request-id': 'abc-1' } });
    expect(given.headers.get('x-request-id')).toBe('abc-1');
    const made = await client.get('/health', { headers: { 'x-request-id': 'a b' } });
    expect(made.headers.get('x-request-id')).toMatch(/^[\w-]+$/);
  });
});

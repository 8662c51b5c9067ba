import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB } from '../support/bodies.js';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

let api: RunningApi;
let client: Client;
let original: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
  original = (await client.get('/strategy')).body;
});

afterEach(async () => {
  await client.put('/strategy', original);
});

afterAll(async () => {
  await api.stop();
});

const guard = async (guardrails: object) => {
  const { status } = await client.put('/guardrails', guardrails);
  expect(status).toBe(200);
};

const ask = async (features: object = {}) => {
  const { status, body } = await client.post('/recommendation', { ...FAILED_JOB, ...features });
  expect(status).toBe(200);
  return body;
};

const STOPPED = { decision: 'stop', should_retry: false, delay_ms: 0, counts_as_attempt: false, method: 'guardrails' };

describe('delays', () => {
  it('are capped, jitter included, and the cap says so', async () => {
    await guard({ max_delay_ms: 1_000 });
    const { body } = await client.post('/recommendation/batch', { features: Array(500).fill(FAILED_JOB) });
    const answers = body['recommendations'] as Readonly<Record<string, unknown>>[];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        policy_guardrails: ['max_delay'],
        guardrail_effects: [{ name: 'max_delay', before: 2_000, after: 1_000 }],
        reasons: expect.arrayContaining(['delay_capped']),
      });
      expect(Number(answer['delay_ms'])).toBeLessThanOrEqual(1_000);
    }
    // At this cap, too, nobody aligns.
    expect(new Set(answers.map((answer) => answer['delay_ms'])).size).toBeGreaterThan(100);
  });

  it('are raised to the least one, and it says so', async () => {
    await guard({ min_delay_ms: 20_000 });
    const answer = await ask();
    expect(answer).toMatchObject({
      policy_guardrails: ['min_delay'],
      guardrail_effects: [{ name: 'min_delay', before: 2_000, after: 20_000 }],
    });
    expect(Number(answer['delay_ms'])).toBeGreaterThanOrEqual(20_000);
  });

  it('of the built-in fallback are capped as well', async () => {
    await client.put('/strategy', { ...original, policies: [] });
    expect(await ask()).toMatchObject({ method: 'default', policy: null, policy_guardrails: [] });
    await guard({ max_delay_ms: 100, max_attempts: 2 });
    const answer = await ask();
    expect(answer).toMatchObject({ method: 'default', max_attempts: 2 });
    expect(answer['policy_guardrails']).toEqual(expect.arrayContaining(['max_delay', 'max_attempts']));
    expect(Number(answer['delay_ms'])).toBeLessThanOrEqual(100);
    expect(await ask({ attempt_number: 2 })).toMatchObject({ should_retry: false, delay_ms: 0 });
  });
});

describe('max_attempts', () => {
  it('answers the smaller of policy and guardrail, and says when it was lowered', async () => {
    await guard({ max_attempts: 4 });
    expect(await ask({ error_class: 'rate_limit' })).toMatchObject({
      max_attempts: 4,
      guardrail_effects: [{ name: 'max_attempts', before: 5, after: 4 }],
    });
    expect(await ask({ error_class: 'timeout' })).toMatchObject({ max_attempts: 3, guardrail_effects: [] });
  });

  it('stops where the policy alone would go on', async () => {
    const last = { error_class: 'rate_limit', attempt_number: 4 };
    expect(await ask(last)).toMatchObject({ decision: 'retry' });
    await guard({ max_attempts: 4 });
    expect(await ask(last)).toMatchObject({ ...STOPPED, max_attempts: 4, policy_guardrails: ['max_attempts'] });
  });
});

describe('the emergency stop', () => {
  it('stops everything at once, and lets go at once', async () => {
    await guard({ emergency_stop: true });
    expect(await ask()).toMatchObject({
      ...STOPPED,
      policy_guardrails: ['emergency_stop'],
      guardrail_effects: [{ name: 'emergency_stop', before: 'retry', after: 'stop' }],
      reasons: ['emergency_stop'],
      rationale: expect.stringContaining('emergency stop'),
    });
    await guard({ emergency_stop: false });
    expect(await ask()).toMatchObject({ decision: 'retry', policy_guardrails: [] });
  });

  it('says why it was made, until it is let go', async () => {
    await guard({ emergency_stop: true, reason: 'incident 7' });
    expect((await ask())['rationale']).toContain('the emergency stop is on for all jobs (incident 7)');
    const { body: shown } = await client.get('/guardrails');
    expect(shown).toMatchObject({ emergency_stop: true, emergency_stop_reason: 'incident 7' });
    await guard(shown);
    expect((await client.get('/guardrails')).body).toMatchObject({ emergency_stop_reason: 'incident 7' });
    await guard({ emergency_stop: false });
    await guard({ emergency_stop: true });
    expect((await client.get('/guardrails')).body).not.toHaveProperty('emergency_stop_reason');
    await guard({ emergency_stop: false });
  });

  it('is seen in batches and previews', async () => {
    await guard({ emergency_stop: true });
    const batch = await client.post('/recommendation/batch', { features: [FAILED_JOB, FAILED_JOB] });
    expect(batch.body).toMatchObject({ recommendations: [STOPPED, STOPPED] });
    const preview = await client.post('/preview', { features: FAILED_JOB });
    expect(preview.body).toMatchObject({ recommendations: [STOPPED], timeline: [] });
  });

  it.each([
    [{ tenant: 't' }, [{ tenant: 't' }, { tenant: 't', queue: 'q' }], [{}, { tenant: 'u' }]],
    [{ queue: 'q' }, [{ queue: 'q' }], [{}, { queue: 'r' }, { tenant: 'q' }]],
    [{ job_type: 'email_send' }, [{}], [{ job_type: 'email' }]],
    [
      { tenant: 't', queue: 'q' },
      [{ tenant: 't', queue: 'q' }],
      [{ tenant: 't' }, { queue: 'q' }, { tenant: 't', queue: 'r' }],
    ],
  ])('for %p stops those jobs, and no others', async (scope, stopped, running) => {
    await guard({ emergency_stops: [{ ...scope, reason: 'incident 42' }] });
    for (const job of stopped) {
      expect(await ask(job)).toMatchObject({
        ...STOPPED,
        policy_guardrails: ['emergency_stop'],
        rationale: expect.stringContaining('incident 42'),
      });
    }
    for (const job of running) expect(await ask(job)).toMatchObject({ decision: 'retry' });
  });
});

describe('limits of tenants', () => {
  it('put off what is beyond a quota, stop what has had its attempts, and say whose limit it is', async () => {
    await guard({
      tenant_limits: [
        { tenant: 'acme', retries_per_minute: 1 },
        { tenant: 'closed', retries_per_minute: 0 },
        { tenant: '*', queue: 'once', max_attempts: 1 },
      ],
    });
    // Two may fall into two minutes.
    for (const id of ['a', 'b']) await ask({ tenant: 'acme', job_id: id });
    expect(await ask({ tenant: 'acme', job_id: 'limited' })).toMatchObject({
      decision: 'defer',
      policy_guardrails: ['tenant_limit'],
      reasons: expect.arrayContaining(['tenant_limit_spent']),
      rationale: expect.stringContaining('1 retries a minute of tenant "acme"'),
    });
    expect(await ask({ tenant: 'closed', job_id: 'never' })).toMatchObject({
      decision: 'stop',
      policy_guardrails: ['tenant_limit'],
      rationale: expect.stringContaining('0 retries a minute of tenant "closed" allows none'),
    });
    expect(await ask({ tenant: 'other', queue: 'once' })).toMatchObject({
      decision: 'stop',
      max_attempts: 1,
      policy_guardrails: ['tenant_limit'],
      reasons: ['tenant_attempts_exhausted'],
    });
    expect(await ask({ tenant: 'other', job_id: 'free' })).toMatchObject({ decision: 'retry', policy_guardrails: [] });
    // Control: switched off, they hold nobody.
    await guard({ per_tenant_limits: false });
    expect(await ask({ tenant: 'acme', job_id: 'limited-no-more' })).toMatchObject({ decision: 'retry' });
  });

  it.each([
    [[{ retries_per_minute: 5 }], 'tenant_limits[0]'],
    [[{ tenant: 'a' }], 'tenant_limits[0]'],
    [[{ tenant: 'a', max_attempts: 0 }], 'tenant_limits[0].max_attempts'],
    [
      [
        { tenant: 'a', max_attempts: 1 },
        { tenant: 'a', retries_per_minute: 1 },
      ],
      'tenant_limits[1]',
    ],
  ])('%j is refused, by the name of the field', async (tenantLimits, path) => {
    const { status, body } = await client.put('/guardrails', { tenant_limits: tenantLimits });
    expect([status, body['fields']]).toEqual([400, expect.arrayContaining([expect.objectContaining({ path })])]);
  });
});

describe('a strategy from a client that knows no scoped stops', () => {
  const seedShaped = () => {
    const { emergency_stops: _stops, ...guardrails } = original['guardrails'] as Readonly<Record<string, unknown>>;
    return { ...original, guardrails };
  };

  it('keeps them, and they go on stopping', async () => {
    await guard({ emergency_stops: [{ tenant: 't' }], max_budget_percent: 11 });
    const { status, body } = await client.put('/strategy', seedShaped());
    expect(status).toBe(200);
    expect(body).toMatchObject({ guardrails: { max_budget_percent: 20, emergency_stops: [{ tenant: 't' }] } });
    expect(await ask({ tenant: 't' })).toMatchObject(STOPPED);
    expect(await ask({ tenant: 'u' })).toMatchObject({ decision: 'retry' });
    // Control: a client that knows them lifts them.
    await client.put('/strategy', original);
    expect(await ask({ tenant: 't' })).toMatchObject({ decision: 'retry' });
  });

  it('keeps those as well that are set while it writes', async () => {
    const stops = Array.from({ length: 5 }, (_, i) =>
      client.put('/guardrails', { emergency_stops: [{ tenant: `${i}` }] }),
    );
    const strategies = Array.from({ length: 5 }, () => client.put('/strategy', seedShaped()));
    const answers = await Promise.all([...stops, ...strategies]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await client.get('/guardrails')).body['emergency_stops']).toHaveLength(1);
  });
});

describe('guardrails that end a decision', () => {
  it('all name themselves', async () => {
    await client.put('/strategy', { ...original, enabled: false });
    await guard({ emergency_stop: true, max_attempts: 1 });
    const answer = await ask({ error_class: 'validation', deadline_at: new Date(Date.now() - 1).toISOString() });
    expect(answer).toMatchObject(STOPPED);
    expect([...(answer['policy_guardrails'] as string[])].sort()).toEqual([
      'deadline',
      'disabled',
      'emergency_stop',
      'max_attempts',
      'validation',
    ]);
  });

  it('include a strategy that is switched off', async () => {
    await client.put('/strategy', { ...original, enabled: false });
    expect(await ask()).toMatchObject({ ...STOPPED, policy_guardrails: ['disabled'], reasons: ['strategy_disabled'] });
    await client.put('/strategy', { ...original, enabled: true });
    expect(await ask()).toMatchObject({ decision: 'retry' });
  });
});

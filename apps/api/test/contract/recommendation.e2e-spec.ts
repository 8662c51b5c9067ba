import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB } from '../support/bodies.js';
import { createClient, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
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

const fromNow = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString();

const ask = async (features: object) => {
  const { status, body } = await client.post('/recommendation', { ...FAILED_JOB, ...features });
  expect(status).toBe(200);
  return body;
};

const askAll = async (features: readonly object[]) => {
  const { status, body } = await client.post('/recommendation/batch', { features });
  expect(status).toBe(200);
  return body['recommendations'] as Readonly<Record<string, unknown>>[];
};

const STOPPED = { decision: 'stop', should_retry: false, delay_ms: 0, counts_as_attempt: false };

describe('an answer', () => {
  it('has all of its fields, whatever the decision', async () => {
    const retry = await ask({});
    const defer = await ask({ retry_after: 86_400 });
    const stop = await ask({ error_class: 'validation' });
    expect([retry['decision'], defer['decision'], stop['decision']]).toEqual(['retry', 'defer', 'stop']);
    for (const answer of [retry, defer, stop]) {
      expect(answer).toEqual({
        should_retry: expect.any(Boolean),
        delay_ms: expect.any(Number),
        max_attempts: expect.any(Number),
        confidence: expect.any(Number),
        rationale: expect.stringMatching(/^[A-Z].*\.$/),
        method: expect.stringMatching(/^(rules|guardrails|default)$/),
        estimated_success: expect.any(Number),
        next_evaluation: expect.stringMatching(/Z$/),
        policy_guardrails: expect.any(Array),
        recommendation_id: expect.stringMatching(/^[\w-]{1,128}$/),
        decision: expect.any(String),
        policy: expect.any(String),
        estimated_success_interval: [expect.any(Number), expect.any(Number)],
        alternatives: expect.any(Array),
        reasons: expect.any(Array),
        propensity: expect.any(Number),
        model_version: null,
        counts_as_attempt: expect.any(Boolean),
        expires_at: expect.stringMatching(/Z$/),
        guardrail_effects: expect.any(Array),
      });
    }
  });

  it('has an id of at most 128 bytes, however long the names are', async () => {
    const long = '𝔘'.repeat(127);
    const { recommendation_id: id } = await ask({ job_type: long, error_class: long, error_code: long, tenant: long });
    expect(Buffer.byteLength(String(id))).toBeLessThanOrEqual(128);
  });

  it('names another id each time', async () => {
    const ids = (await askAll(Array.from({ length: 200 }, () => FAILED_JOB))).map(
      (answer) => answer['recommendation_id'],
    );
    expect(new Set(ids).size).toBe(200);
  });

  it('says without data that it knows nothing of success', async () => {
    const answer = await ask({ job_type: 'never_seen' });
    const [lo, hi] = answer['estimated_success_interval'] as [number, number];
    expect(answer).toMatchObject({ method: 'rules', estimated_success: 0.5 });
    expect(hi - lo).toBeGreaterThan(0.8);
    expect(answer['rationale']).toMatch(/service_unavailable.*attempt 1 of 3/);
  });

  it('tells when to ask again: after the wait, or at once', async () => {
    const failedAt = fromNow(-1_000);
    const retry = await ask({ failed_at: failedAt });
    expect(Date.parse(String(retry['next_evaluation']))).toBe(Date.parse(failedAt) + Number(retry['delay_ms']));
    const stop = await ask({ failed_at: failedAt, error_class: 'validation' });
    expect(stop['next_evaluation']).toBe(failedAt);
  });

  it('comes for old failures too', async () => {
    expect(await ask({ failed_at: fromNow(-3_600_000) })).toMatchObject({ decision: 'retry' });
  });
});

describe('attempts', () => {
  it('are executions, the first included: the last allowed one is the last', async () => {
    expect(await ask({ attempt_number: 2 })).toMatchObject({ decision: 'retry', max_attempts: 3 });
    for (const attempt_number of [3, 4, 1_000_000]) {
      expect(await ask({ attempt_number })).toMatchObject({
        ...STOPPED,
        max_attempts: 3,
        policy_guardrails: ['max_attempts'],
        reasons: expect.arrayContaining([expect.stringMatching(/_attempts_exhausted$/)]),
      });
    }
  });
});

describe('deadlines', () => {
  it('stop a job whose deadline has passed, or comes before its retry', async () => {
    for (const deadline_at of [fromNow(-1), fromNow(500)]) {
      expect(await ask({ deadline_at })).toMatchObject({ ...STOPPED, policy_guardrails: ['deadline'] });
    }
  });

  it('that are far away change nothing', async () => {
    expect(await ask({ deadline_at: fromNow(3_600_000) })).toMatchObject({ decision: 'retry', policy_guardrails: [] });
  });

  it('are never missed by jitter', async () => {
    const failed_at = fromNow(0);
    const deadline_at = new Date(Date.parse(failed_at) + 2_050).toISOString();
    const answers = await askAll(Array.from({ length: 300 }, () => ({ ...FAILED_JOB, failed_at, deadline_at })));
    for (const answer of answers) {
      expect(answer['decision']).toBe('retry');
      expect(Number(answer['delay_ms'])).toBeLessThanOrEqual(2_050);
    }
  });
});

describe("a server's hint", () => {
  it.each([
    ['seconds', { retry_after: 120 }],
    ['the text of the header', { retry_after: '120' }],
    ['milliseconds', { retry_after_ms: 120_000 }],
  ])('in %s is a floor, with jitter above it', async (_spelling, hint) => {
    const answers = await askAll(Array.from({ length: 100 }, () => ({ ...FAILED_JOB, ...hint })));
    const delaysMs = answers.map((answer) => Number(answer['delay_ms']));
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(120_000);
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(132_000);
    expect(new Set(delaysMs).size).toBeGreaterThan(80);
    expect(answers[0]?.['reasons']).toContain('hint_applied');
  });

  it('as a date counts from the failure', async () => {
    const failedAtMs = Math.floor(Date.now() / 1_000) * 1_000;
    const answer = await ask({
      failed_at: new Date(failedAtMs).toISOString(),
      retry_after: new Date(failedAtMs + 60_000).toUTCString(),
    });
    expect(Number(answer['delay_ms'])).toBeGreaterThanOrEqual(60_000);
    expect(Number(answer['delay_ms'])).toBeLessThanOrEqual(66_000);
  });

  it('is no ceiling', async () => {
    const answer = await ask({ retry_after_ms: 10 });
    expect(Number(answer['delay_ms'])).toBeGreaterThanOrEqual(1_600);
  });

  it('beyond what may be waited defers, without using up an attempt', async () => {
    const answer = await ask({ retry_after: 3_600 });
    expect(answer).toMatchObject({
      decision: 'defer',
      should_retry: true,
      counts_as_attempt: false,
      policy_guardrails: ['max_delay'],
      guardrail_effects: [{ name: 'max_delay', before: 3_600_000 }],
    });
    expect(Number(answer['delay_ms'])).toBeGreaterThan(0);
    expect(Number(answer['delay_ms'])).toBeLessThanOrEqual(300_000);
  });

  it('that a deadline forbids to wait for stops', async () => {
    for (const retry_after of [60, 3_600]) {
      expect(await ask({ retry_after, deadline_at: fromNow(30_000) })).toMatchObject({
        ...STOPPED,
        policy_guardrails: expect.arrayContaining(['deadline']),
      });
    }
  });
});

describe('draws', () => {
  const delaysOf = async (jobs: readonly object[]) =>
    (await askAll(jobs.map((job) => ({ ...FAILED_JOB, ...job })))).map((answer) => answer['delay_ms']);
  const jobs = Array.from({ length: 40 }, (_, i) => ({ job_id: `drawn-${i}` }));

  it('are the same for the same question', async () => {
    expect(await delaysOf(jobs)).toEqual(await delaysOf(jobs));
  });

  it('are others for other jobs, attempts and tenants', async () => {
    const delays = await delaysOf(jobs);
    expect(new Set(delays).size).toBeGreaterThan(30);
    expect(await delaysOf(jobs.map((job) => ({ ...job, tenant: 'other' })))).not.toEqual(delays);
    expect(await delaysOf(jobs.map((job) => ({ ...job, attempt_number: 2 })))).not.toEqual(delays);
  });

  it('are fresh where no job is named', async () => {
    expect(new Set(await delaysOf(Array.from({ length: 40 }, () => ({})))).size).toBeGreaterThan(30);
  });
});

describe('a batch', () => {
  it('is answered in order', async () => {
    const jobs = Array.from({ length: 50 }, (_, i) => ({
      ...FAILED_JOB,
      error_class: i % 3 === 0 ? 'validation' : 'timeout',
    }));
    const decisions = (await askAll(jobs)).map((answer) => answer['decision']);
    expect(decisions).toEqual(jobs.map((_, i) => (i % 3 === 0 ? 'stop' : 'retry')));
  });

  it('has up to 1,000 jobs', async () => {
    expect(await askAll(Array.from({ length: 1_000 }, () => FAILED_JOB))).toHaveLength(1_000);
    const tooMany = await client.post('/recommendation/batch', { features: Array(1_001).fill(FAILED_JOB) });
    expectProblem(tooMany, 400, 'INVALID_REQUEST');
    expect(await askAll([])).toEqual([]);
  });

  it('names what is wrong by its place', async () => {
    const answer = await client.post('/recommendation/batch', {
      features: [FAILED_JOB, { ...FAILED_JOB, since_last_failure: 'soon' }],
    });
    expectProblem(answer, 400);
    expect(problemPaths(answer)).toEqual(['features[1].since_last_failure']);
  });
});

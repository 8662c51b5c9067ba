import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB } from '../support/bodies.js';
import { createClient, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

interface Planned {
  readonly attempt_number: number;
  readonly scheduled_time: string;
  readonly delay_ms: number;
}

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

const plan = async (features: object, maxAttempts?: number) => {
  const { status, body } = await client.post('/preview', {
    features: { ...FAILED_JOB, ...features },
    ...(maxAttempts !== undefined && { max_attempts: maxAttempts }),
  });
  expect(status).toBe(200);
  return {
    timeline: body['timeline'] as readonly Planned[],
    decisions: (body['recommendations'] as { decision: string }[]).map(({ decision }) => decision),
    generatedAtMs: Date.parse(String(body['generated_at'])),
    body,
  };
};

describe('a preview', () => {
  it('has one entry for each retry, the first with the next number, each after its wait', async () => {
    const { timeline, generatedAtMs } = await plan({ error_class: 'rate_limit', attempt_number: 2 });
    expect(timeline.map((retry) => retry.attempt_number)).toEqual([3, 4, 5]);
    let atMs = generatedAtMs;
    for (const retry of timeline) {
      atMs += retry.delay_ms;
      expect(Date.parse(retry.scheduled_time)).toBe(atMs);
    }
  });

  it('ends with the stop where the plan ends before what was asked for', async () => {
    expect((await plan({}, 100)).decisions).toEqual(['retry', 'retry', 'stop']);
    expect((await plan({})).decisions).toEqual(['retry', 'retry']);
    expect((await plan({}, 2)).decisions).toEqual(['retry']);
  });

  it('ends at a breaker that an operator holds open, and says that nobody knows until when', async () => {
    const breaker = '/dependencies/maintained/breaker';
    expect((await client.put(breaker, { state: 'open', reason: 'new disks' })).status).toBe(200);
    const { decisions, timeline, body } = await plan({ dependency: 'maintained' }, 4);
    expect({ decisions, timeline }).toEqual({ decisions: ['defer'], timeline: [] });
    const [wait] = body['recommendations'] as { readonly rationale: string; readonly reasons: readonly string[] }[];
    expect(wait?.reasons).toContain('breaker_open');
    expect(wait?.rationale).toContain('breaker of dependency "maintained" open until further notice (new disks)');
    await client.put(breaker, { state: 'auto' });
    expect((await plan({ dependency: 'maintained' }, 4)).decisions).toEqual(['retry', 'retry', 'stop']);
  });

  it('of a validation error is its stop, and no retry', async () => {
    const { decisions, timeline } = await plan({ error_class: 'validation' });
    expect({ decisions, timeline }).toEqual({ decisions: ['stop'], timeline: [] });
  });

  it('never grows beyond its horizon, however large the attempt is', async () => {
    const { decisions, body } = await plan({ attempt_number: 1_000_000 }, 100);
    expect(decisions.length).toBeLessThanOrEqual(1);
    expect(body['timeline']).toEqual([]);
  });

  it('answers what a recommendation would', async () => {
    const job = { ...FAILED_JOB, job_id: 'previewed' };
    const { timeline } = await plan(job);
    expect(timeline[0]?.delay_ms).toBe((await client.post('/recommendation', job)).body['delay_ms']);
  });

  it('begins with the wait at an open breaker, and moves nothing there', async () => {
    const job = { ...FAILED_JOB, dependency: 'erp', job_id: 'waits' };
    expect((await client.put('/dependencies/erp/breaker', { state: 'open', reason: 'migration' })).status).toBe(200);
    const { body } = await plan(job);
    const [first] = body['recommendations'] as readonly Readonly<Record<string, unknown>>[];
    expect((await client.get('/dependencies/erp')).body).toMatchObject({ waiting: 0 });
    const answered = (await client.post('/recommendation', job)).body;
    expect(answered).toMatchObject({ decision: 'defer', policy_guardrails: ['breaker'] });
    for (const field of ['delay_ms', 'reasons', 'rationale', 'guardrail_effects', 'counts_as_attempt']) {
      expect(first?.[field]).toEqual(answered[field]);
    }
  });

  it('takes a hint for the failure that it came with, and not for those that follow', async () => {
    const { timeline } = await plan({ retry_after: 60 });
    expect(timeline[0]?.delay_ms).toBeGreaterThanOrEqual(60_000);
    expect(timeline[1]?.delay_ms).toBeLessThanOrEqual(4_800);
  });

  it('leaves no trace', async () => {
    await plan({ job_id: 'traceless', dependency: 'traceless' });
    expect((await client.get('/dependencies/traceless')).status).toBe(404);
    expect((await client.get('/decisions?job_id=traceless')).body['decisions']).toEqual([]);
    // Control: a recommendation leaves one.
    await client.post('/recommendation', { ...FAILED_JOB, job_id: 'traceless' });
    expect((await client.get('/decisions?job_id=traceless')).body['decisions']).toHaveLength(1);
  });

  it.each([[0], [-1], [101], [2.5], ['5'], [null]])('plans for 1 to 100 attempts, not for %p', async (maxAttempts) => {
    const answer = await client.post('/preview', { features: FAILED_JOB, max_attempts: maxAttempts });
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(problemPaths(answer)).toEqual(['max_attempts']);
  });

  it.each([[-20_000], [0]])('is refused from attempt %p', async (attemptNumber) => {
    const answer = await client.post('/preview', { features: { ...FAILED_JOB, attempt_number: attemptNumber } });
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(problemPaths(answer)).toEqual(['features.attempt_number']);
  });
});

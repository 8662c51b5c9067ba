import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Answer, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { readFixture, writtenAMinuteAgo, type Example, type Json } from './fixtures.js';
import { shapeDifferences } from './shape-differences.js';

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

const send = ({ request: { method, path, body } }: Example): Promise<Answer> =>
  client.send(method, path, body === undefined ? {} : { body });

describe('the examples of recommendations', () => {
  it('are answered in their shape', async () => {
    const example = await readFixture<Example>('recommendation');
    const answer = await send(example);
    expect(answer.status).toBe(200);
    expect(shapeDifferences(example.response, answer.body)).toEqual([]);
  });

  it('are answered with every field of the core concept, whatever its features', async () => {
    const answer = await client.post('/recommendation', await readFixture('retry-features'));
    expect(answer.status).toBe(200);
    expect(shapeDifferences(await readFixture('retry-recommendation'), answer.body)).toEqual([]);
    expect(answer.body).toMatchObject({
      policy: 'rate_limit',
      max_attempts: 5,
      method: 'rules',
      policy_guardrails: [],
    });
  });

  it('are previewed in their shape, by the numbers of their policy', async () => {
    const example = await readFixture<Example>('preview');
    const answer = await send(example);
    expect(answer.status).toBe(200);
    expect(shapeDifferences(example.response, answer.body)).toEqual([]);
    expect(answer.body).toMatchObject({
      job_id: 'email_send_preview',
      current_attempt: 1,
      features: example.request.body?.['features'],
      recommendations: Array.from({ length: 4 }, () => ({ should_retry: true, method: 'rules' })),
      timeline: [{ attempt_number: 2 }, { attempt_number: 3 }, { attempt_number: 4 }, { attempt_number: 5 }],
    });
  });
});

describe('the examples of attempts', () => {
  it('are recorded', async () => {
    const { request } = await readFixture<Example>('record-attempt');
    const answer = await client.post(request.path, writtenAMinuteAgo(request.body ?? {}));
    expect(answer).toMatchObject({ status: 200, body: { status: 'recorded', duplicate: false } });
  });

  it('are recorded with everything that the history of a job has', async () => {
    const answer = await client.post('/attempt', writtenAMinuteAgo(await readFixture('attempt-history')));
    expect(answer).toMatchObject({ status: 200, body: { status: 'recorded', duplicate: false } });
  });

  it('are refused at their literal time, which is older than the retention, naming it', async () => {
    const { request } = await readFixture<Example>('record-attempt');
    const ofTheSeed = [request.body ?? {}, await readFixture('attempt-history')];
    for (const body of ofTheSeed) {
      const answer = await client.post(request.path, body);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        error: 'Timestamp out of range',
        status: 400,
        timestamp: expect.any(String),
        details: 'timestamp must not be older than the retention',
        code: 'TIMESTAMP_OUT_OF_RANGE',
        request_id: expect.any(String),
        fields: [{ path: 'timestamp', message: 'must not be older than the retention' }],
      });
    }
  });

  it('are counted by the example of statistics, in its shape', async () => {
    const { request } = await readFixture<Example>('record-attempt');
    await client.post(request.path, writtenAMinuteAgo({ ...request.body, job_id: 'counted' }));
    const example = await readFixture<Example>('statistics');
    const answer = await send(example);
    expect(answer.status).toBe(200);
    expect(shapeDifferences(example.response, answer.body)).toEqual([]);
    expect(answer.body).toMatchObject({ job_type: 'email_send', error_class: 'timeout', avg_delay_ms: 4_000 });
    const { total_attempts, successful_retries, failed_retries } = answer.body;
    expect(total_attempts).toBe(Number(successful_retries) + Number(failed_retries));
  });
});

describe('the examples of policies', () => {
  it('list what a new installation has, in their shape', async () => {
    const example = await readFixture<Example>('list-policies');
    const answer = await send(example);
    expect(answer.status).toBe(200);
    expect(shapeDifferences(example.response, answer.body)).toEqual([]);
    const { policies } = await readFixture('default-policies');
    expect(answer.body['policies']).toMatchObject(policies as Json[]);
  });

  it('add a policy, and remove it', async () => {
    const example = await readFixture<Example>('add-policy');
    expect(await send(example)).toMatchObject({
      status: 201,
      body: { status: 'added', policy: example.request.body },
    });
    const job = { job_type: 'critical_mail', error_class: 'connection_timeout', attempt_number: 1 };
    expect((await client.post('/recommendation', job)).body).toMatchObject({ policy: 'custom_timeout' });
    expect(await send(await readFixture<Example>('remove-policy'))).toMatchObject({
      status: 200,
      body: { status: 'removed' },
    });
    expect((await client.post('/recommendation', job)).body).toMatchObject({ policy: 'default' });
  });
});

describe('the examples of configuration', () => {
  it('show the strategy with the values that a new installation has', async () => {
    const example = await readFixture<Example & { readonly response: Json }>('strategy');
    const answer = await send(example);
    expect(answer.status).toBe(200);
    expect(shapeDifferences(example.response, answer.body)).toEqual([]);
    const { policies: _policies, ...constants } = example.response;
    expect(answer.body).toMatchObject(constants);
  });

  it('update the guardrails', async () => {
    const example = await readFixture<Example>('guardrails');
    const answer = await send(example);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(example.request.body ?? {});
    expect((await client.get('/strategy')).body).toMatchObject({ guardrails: example.request.body });
  });
});

describe('the examples of operations', () => {
  it('are answered', async () => {
    expect((await send(await readFixture<Example>('health'))).status).toBe(200);
    const metrics = await send(await readFixture<Example>('metrics'));
    expect(metrics.status).toBe(200);
    expect(metrics.text).toContain('# TYPE smart_retry_');
  });

  it('show an error with its very words', async () => {
    const example = await readFixture('error');
    const answer = await client.post('/recommendation', { error_class: 'timeout', attempt_number: 2 });
    expect(shapeDifferences(example, answer.body)).toEqual([]);
    expect({ ...answer.body, timestamp: example['timestamp'] }).toMatchObject(example);
  });
});

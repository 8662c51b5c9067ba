import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB } from '../support/bodies.js';
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

describe('what is optional', () => {
  const LABELS = ['error_code', 'queue', 'tenant', 'job_id', 'dependency', 'worker_version', 'error_message'];
  const TIMES = [
    'failed_at',
    'first_failed_at',
    'deadline_at',
    'since_last_failure',
    'avg_processing_time',
    'retry_after',
  ];

  it.each([[''], [null]])('is absent where text is %p', async (nothing) => {
    const empty = Object.fromEntries([...LABELS, ...TIMES].map((field) => [field, nothing]));
    const { status, body } = await client.post('/recommendation', { ...FAILED_JOB, ...empty });
    expect(status).toBe(200);
    const decision = await client.get(`/decisions/${String(body['recommendation_id'])}`);
    expect(decision.body['features']).toEqual({
      ...FAILED_JOB,
      recent_failures: expect.any(Number),
      incident_age_ms: expect.any(Number),
    });
  });

  it('is absent where a number, or yes or no, is null; empty text is neither', async () => {
    const FIELDS = ['payload_size', 'time_of_day', 'recent_failures', 'retry_after_ms', 'critical'];
    const nothing = Object.fromEntries(FIELDS.map((field) => [field, null]));
    const { status, body } = await client.post('/recommendation', { ...FAILED_JOB, ...nothing });
    expect(status).toBe(200);
    const decision = await client.get(`/decisions/${String(body['recommendation_id'])}`);
    expect(Object.keys(decision.body['features'] as object).toSorted()).toEqual(
      [...Object.keys(FAILED_JOB), 'recent_failures', 'incident_age_ms'].toSorted(),
    );
    const report = { job_id: 'nulls', job_type: 'nulls', attempt_number: 1, success: true };
    const unknown = { payload_size: null, time_of_day: null, delay_ms: null, actual_delay_ms: null };
    expect((await client.post('/attempt', { ...report, ...unknown })).status).toBe(200);
    expectProblem(await client.post('/attempt', { ...report, delay_ms: '' }), 400, 'INVALID_REQUEST');
    expectProblem(await client.post('/recommendation', { ...FAILED_JOB, critical: '' }), 400, 'INVALID_REQUEST');
  });

  it.each(['/stats?group_by=', '/decisions?method=', '/health/ready?stores='])(
    'is absent where a query leaves it empty: %s',
    async (query) => {
      expect((await client.get(query)).status).toBe(200);
    },
  );
});

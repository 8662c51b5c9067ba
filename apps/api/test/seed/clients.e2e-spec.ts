import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { readFixture, readFixtureText, type Json } from './fixtures.js';

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

const retriesAfter = async (errorClass: string) => {
  const { body } = await client.get(`/stats?job_type=email_send&error_class=${errorClass}&window=1h`);
  return body;
};

/** Retries whose failure was found by their shape: same job type, attempt number and delay. */
const linkedByShape = async () => {
  const { text } = await client.get('/metrics');
  return Number(/smart_retry_links_total\{source="shape"\} (\d+)/.exec(text)?.[1] ?? 0);
};

describe('the JavaScript client', () => {
  const waitedMs: number[] = [];

  /** Runs the client's source as a page of this server would; waiting is noted, not done. */
  const runClient = async (operationSucceeds: boolean) => {
    const page = {
      fetch: (path: string, init: RequestInit) => fetch(new URL(path, api.baseUrl), init),
      retryOperation: () => Promise.resolve(operationSucceeds),
      setTimeout: (wake: () => void, delayMs: number) => {
        waitedMs.push(delayMs);
        return setTimeout(wake, 0);
      },
    };
    const source = await readFixtureText('javascript-client.txt');
    await (runInNewContext(`(async () => {${source}})()`, page) as Promise<void>);
  };

  it('teaches what followed a timeout, though it reports no error class and the number of the failed attempt', async () => {
    const linkedBefore = await linkedByShape();
    await runClient(true);
    await runClient(false);
    expect(await linkedByShape()).toBe(linkedBefore + 2);
    expect(await retriesAfter('timeout')).toMatchObject({
      total_attempts: 2,
      successful_retries: 1,
      failed_retries: 1,
      avg_delay_ms: waitedMs.reduce((sum, delayMs) => sum + delayMs, 0) / 2,
    });
  });

  it('teaches nothing where nobody had asked for advice', async () => {
    const report = {
      job_id: 'unadvised',
      job_type: 'never_advised',
      attempt_number: 2,
      success: true,
      delay_ms: 4_000,
    };
    await client.post('/attempt', report);
    const { body } = await client.get('/stats?job_type=never_advised&group_by=error_class');
    expect(body).toMatchObject({ total_attempts: 1, groups: [{ group: null, total_attempts: 1 }] });
  });
});

describe('the Go client', () => {
  let fixture: { readonly features: Json; readonly attempt: Json };

  beforeEach(async () => {
    fixture = await readFixture('go-client');
  });

  it('is understood with every zero value of its structs, and teaches', async () => {
    const features = { ...fixture.features, job_type: 'go_mail' };
    const advice = await client.post('/recommendation', features);
    expect(advice).toMatchObject({ status: 200, body: { should_retry: true, policy: 'service_unavailable' } });
    expect(Number.isSafeInteger(advice.body['delay_ms'])).toBe(true);

    const linkedBefore = await linkedByShape();
    // Both documents call their job job_123, which here is the JavaScript client's.
    const attempt = {
      ...fixture.attempt,
      job_id: 'job_of_go',
      job_type: 'go_mail',
      delay_ms: advice.body['delay_ms'],
    };
    const timestamp = new Date().toISOString().replace('Z', '123456Z');
    expect(await client.post('/attempt', { ...attempt, timestamp })).toMatchObject({
      status: 200,
      body: { status: 'recorded', duplicate: false },
    });
    expect(await linkedByShape()).toBe(linkedBefore + 1);
    const { body } = await client.get('/stats?job_type=go_mail&error_class=timeout');
    expect(body).toMatchObject({
      total_attempts: 1,
      successful_retries: 1,
      avg_delay_ms: advice.body['delay_ms'],
    });
  });

  it.each(['health', 'error_code', 'tenant', 'worker_version'])(
    'means by an empty %s that there is none',
    async (field) => {
      const { body } = await client.post('/recommendation', { ...fixture.features, job_id: `go-${field}` });
      const decision = await client.get(`/decisions/${String(body['recommendation_id'])}`);
      expect(decision.body['features']).not.toHaveProperty(field);
    },
  );

  it('may be in another time zone', async () => {
    const local = new Date(Date.now() + 2 * 3_600_000).toISOString().replace('Z', '000001+02:00');
    const attempt = { ...fixture.attempt, job_id: 'elsewhere', job_type: 'go_abroad', timestamp: local };
    expect((await client.post('/attempt', attempt)).status).toBe(200);
    const { body } = await client.get('/stats?job_type=go_abroad&window=1m');
    expect(body).toMatchObject({ total_attempts: 1 });
  });
});

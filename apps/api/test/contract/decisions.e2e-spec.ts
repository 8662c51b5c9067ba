import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB } from '../support/bodies.js';
import { createClient, type Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

interface Decision {
  readonly recommendation_id: string;
  readonly decided_at: string;
  readonly features: Readonly<Record<string, unknown>>;
  readonly recommendation: Readonly<Record<string, unknown>>;
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

const ask = async (features: object) => {
  const { status, body } = await client.post('/recommendation', { ...FAILED_JOB, ...features });
  expect(status).toBe(200);
  return body;
};

const page = async (query: string) => {
  const { status, body } = await client.get(`/decisions?${query}`);
  expect(status).toBe(200);
  return { decisions: body['decisions'] as readonly Decision[], nextCursor: body['next_cursor'] };
};

describe('a decision', () => {
  it('is kept as it was answered, with what was known', async () => {
    const features = {
      job_id: 'kept',
      error_code: '504',
      queue: 'q',
      tenant: 't',
      health: { cpu: 0.5 },
      since_last_failure: '00:02:30',
      recent_failures: 3,
      critical: true,
    };
    const { recommendation_id, expires_at: _transient, ...answer } = await ask(features);
    const { status, body } = await client.get(`/decisions/${String(recommendation_id)}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ recommendation_id, features: { ...FAILED_JOB, ...features }, recommendation: answer });
  });

  it('keeps no message of an error, but whether two are alike', async () => {
    const fingerprintOf = async (error_message: string) => {
      const { recommendation_id } = await ask({ error_message });
      const { body, text } = await client.get(`/decisions/${String(recommendation_id)}`);
      expect(text).not.toContain('secret');
      return (body['features'] as Decision['features'])['error_fingerprint'];
    };
    const first = await fingerprintOf('secret of customer 17 at 10.0.0.1');
    expect(first).toEqual(expect.any(String));
    expect(await fingerprintOf('secret of customer 18 at 10.0.0.2')).toBe(first);
    expect(await fingerprintOf('another secret altogether')).not.toBe(first);
  });

  it('that nobody made is not found', async () => {
    const { recommendation_id } = await ask({});
    const id = String(recommendation_id);
    for (const forged of ['x', 'a'.repeat(128), `${id.slice(0, -2)}${id.endsWith('AA') ? 'BB' : 'AA'}`, `${id}A`]) {
      expectProblem(await client.get(`/decisions/${forged}`), 404, 'DECISION_NOT_FOUND');
    }
  });
});

describe('pages', () => {
  beforeAll(async () => {
    const features = Array.from({ length: 25 }, (_, i) => ({ ...FAILED_JOB, job_type: 'paged', job_id: `p${i}` }));
    await client.post('/recommendation/batch', { features });
  });

  it('show each decision once, newest first', async () => {
    const seen: Decision[] = [];
    let cursor = '';
    do {
      const { decisions, nextCursor } = await page(`job_type=paged&limit=10&cursor=${encodeURIComponent(cursor)}`);
      expect(decisions.length).toBeLessThanOrEqual(10);
      seen.push(...decisions);
      cursor = typeof nextCursor === 'string' ? nextCursor : '';
    } while (cursor !== '');
    expect(new Set(seen.map(({ features }) => features['job_id'])).size).toBe(25);
    expect(seen).toHaveLength(25);
    const times = seen.map((decision) => decision.decided_at);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('are not disturbed by decisions that are made meanwhile', async () => {
    const first = await page('job_type=paged&limit=20');
    await ask({ job_type: 'paged', job_id: 'meanwhile' });
    const second = await page(`job_type=paged&limit=20&cursor=${encodeURIComponent(String(first.nextCursor))}`);
    const ids = [...first.decisions, ...second.decisions].map(({ features }) => features['job_id']);
    expect(new Set(ids).size).toBe(25);
    expect(ids).toHaveLength(25);
  });

  it('are narrowed by job, tenant, type, method and time', async () => {
    const from = new Date().toISOString();
    await ask({ job_id: 'f', job_type: 'f', tenant: 'f1' });
    await ask({ job_id: 'f', job_type: 'f', tenant: 'f2', error_class: 'validation' });
    const to = new Date(Date.now() + 60_000).toISOString();
    const sizes = await Promise.all(
      [
        '',
        '&tenant=f1',
        '&method=guardrails',
        '&method=ml',
        `&from=${from}&to=${to}`,
        `&to=${from}`,
        `&from=${to}`,
      ].map(async (filter) => (await page(`job_id=f&job_type=f${filter}`)).decisions.length),
    );
    expect(sizes).toEqual([2, 1, 1, 0, 2, 0, 0]);
  });

  it.each(['limit=0', 'limit=201', 'limit=ten', 'cursor=forged', 'method=magic', 'from=yesterday'])(
    'are refused for %s',
    async (query) => {
      expectProblem(await client.get(`/decisions?${query}`), 400, 'INVALID_REQUEST');
    },
  );
});

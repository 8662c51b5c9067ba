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
    const longest = '😀'.repeat(8_192);
    const ofLongest = await fingerprintOf(longest);
    expect(await fingerprintOf(longest.slice(2))).not.toBe(ofLongest);
    expect(await fingerprintOf(`${longest} and what follows`)).toBe(ofLongest);
  });

  it('that nobody made is not found', async () => {
    const { recommendation_id } = await ask({});
    const id = String(recommendation_id);
    for (const forged of ['x', 'a'.repeat(128), `${id.slice(0, -2)}${id.endsWith('AA') ? 'BB' : 'AA'}`, `${id}A`]) {
      expectProblem(await client.get(`/decisions/${forged}`), 404, 'DECISION_NOT_FOUND');
    }
  });
});

describe('what came of a decision', () => {
  const decisionOf = async ({ recommendation_id: id }: { readonly [name: string]: unknown }) => {
    const { status, body } = await client.get(`/decisions/${String(id)}`);
    expect(status).toBe(200);
    return { outcome: body['outcome'], outcomeAt: body['outcome_at'] };
  };
  const report = async (attempt: object) => {
    const { status } = await client.post('/attempt', { attempt_number: 2, ...attempt });
    expect(status).toBe(200);
  };
  const timestamp = new Date(Date.now() - 3_600_000).toISOString();
  const nowText = () => new Date().toISOString();

  it('is pending until it is reported', async () => {
    const job = { job_type: 'closes', job_id: 'closes/pending' };
    const recommendation = await ask(job);
    expect(await decisionOf(recommendation)).toEqual({ outcome: 'pending', outcomeAt: null });
    const at = nowText();
    await report({ ...job, success: true, timestamp: at });
    expect(await decisionOf(recommendation)).toEqual({ outcome: 'succeeded', outcomeAt: at });
  });

  it('is told of each decision of a job by its own attempt', async () => {
    const job = { job_type: 'closes', job_id: 'closes/twice' };
    const first = await ask(job);
    await report({ ...job, success: false, error_class: 'timeout' });
    const second = await ask({ ...job, attempt_number: 2 });
    await report({ ...job, attempt_number: 3, success: true });
    expect((await decisionOf(first)).outcome).toBe('failed');
    expect((await decisionOf(second)).outcome).toBe('succeeded');
  });

  it('is found without a job id, by the recommendation named or by the delay advised', async () => {
    const named = await ask({ job_type: 'closes-by-name' });
    const { recommendation_id } = named;
    await report({ job_type: 'closes-by-name', job_id: 'closes/name', success: false, recommendation_id });
    expect((await decisionOf(named)).outcome).toBe('failed');
    const shaped = await ask({ job_type: 'closes-by-shape' });
    const { delay_ms } = shaped;
    const job = { job_type: 'closes-by-shape', job_id: 'closes/shape', attempt_number: 1, delay_ms };
    await report({ ...job, success: true });
    expect((await decisionOf(shaped)).outcome).toBe('succeeded');
  });

  it('is not closed by what another job did, nor by an attempt long before it', async () => {
    const job = { job_type: 'closes', job_id: 'closes/own' };
    const recommendation = await ask(job);
    const { recommendation_id } = recommendation;
    await report({ ...job, job_id: 'closes/other', success: true });
    await report({ ...job, attempt_number: 9, success: true, recommendation_id, timestamp });
    expect((await decisionOf(recommendation)).outcome).toBe('pending');
  });

  it('is none after a stop', async () => {
    const job = { job_type: 'closes', job_id: 'closes/stop', error_class: 'validation' };
    expect(await decisionOf(await ask(job))).toEqual({ outcome: 'none', outcomeAt: null });
  });

  it('is shown in pages as well', async () => {
    const { body } = await client.get('/decisions?job_type=closes&job_id=closes%2Ftwice');
    expect(body['decisions']).toMatchObject([{ outcome: 'succeeded' }, { outcome: 'failed' }]);
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

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const MINUTE_MS = 60_000;

let api: RunningApi;
let client: Client;
let count = 0;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS).toISOString();

const reportAll = async (attempts: readonly object[]) => {
  const { body } = await client.post('/attempt/batch', {
    attempts: attempts.map((fields) => ({ job_id: `s${count++}`, attempt_number: 2, success: true, ...fields })),
  });
  expect(body['results']).toEqual(attempts.map(() => ({ status: 'recorded', duplicate: false })));
};

const stats = async (query: string) => {
  const { status, body } = await client.get(`/stats?${query}`);
  expect(status).toBe(200);
  return body;
};

describe('a window', () => {
  it('holds the attempts of its time, and no others', async () => {
    const job_type = 'windowed';
    await reportAll(
      [3, 30, 90, 150, 60 * 30].map((minutes) => ({ job_type, timestamp: ago(minutes), delay_ms: minutes })),
    );
    const counts = await Promise.all(
      ['10m', '1h', '01:40:00', '3h', '24h', '48h'].map((window) => stats(`job_type=${job_type}&window=${window}`)),
    );
    expect(counts.map((body) => body['total_attempts'])).toEqual([1, 2, 3, 4, 4, 5]);
    expect(counts.map((body) => body['avg_delay_ms'])).toEqual([3, 16.5, 41, 68.25, 68.25, 414.6]);
  });

  it('ends now, and is as long as asked for', async () => {
    const askedAtMs = Date.now();
    const { window_start, window_end } = await stats('window=90m');
    expect(Date.parse(String(window_end)) - Date.parse(String(window_start))).toBe(90 * MINUTE_MS);
    expect(Date.parse(String(window_end))).toBeGreaterThanOrEqual(askedAtMs);
    expect(Date.parse(String(window_end))).toBeLessThanOrEqual(Date.now());
  });

  it('is a day where none is asked for', async () => {
    const { window_start, window_end } = await stats('');
    expect(Date.parse(String(window_end)) - Date.parse(String(window_start))).toBe(24 * 60 * MINUTE_MS);
  });

  it.each(['', '0', '0h', '-24h', 'nonsense', '721h', '1e3h', '24h;drop', '%00', 'NaN'])(
    'is never %s',
    async (window) => {
      const answer = await client.get(`/stats?window=${encodeURIComponent(decodeURIComponent(window))}`);
      expectProblem(answer, 400, 'INVALID_REQUEST');
      expect(problemPaths(answer)).toEqual(['window']);
    },
  );
});

describe('statistics', () => {
  it('show an attempt as soon as it is acknowledged', async () => {
    for (let i = 1; i <= 5; i++) {
      await reportAll([{ job_type: 'fresh', timestamp: ago(1) }]);
      expect(await stats('job_type=fresh')).toMatchObject({ total_attempts: i });
    }
  });

  it('tell when their newest attempt was', async () => {
    const newest = ago(7);
    await reportAll([9, 8].map((minutes) => ({ job_type: 'dated', timestamp: ago(minutes) })));
    await reportAll([{ job_type: 'dated', timestamp: newest }]);
    expect(await stats('job_type=dated')).toMatchObject({ last_updated: newest });
  });

  it('are empty where there is nothing', async () => {
    expect(await stats('job_type=unheard_of&error_class=none')).toMatchObject({
      job_type: 'unheard_of',
      error_class: 'none',
      total_attempts: 0,
      successful_retries: 0,
      failed_retries: 0,
      avg_delay_ms: 0,
      success_rate: 0,
      last_updated: null,
      recorded_delays: 0,
    });
  });

  it('say of how many retries the delay is known, and are numbers where it is of none', async () => {
    await reportAll([{ job_type: 'undelayed' }, { job_type: 'undelayed' }]);
    expect(await stats('job_type=undelayed')).toMatchObject({ total_attempts: 2, avg_delay_ms: 0, recorded_delays: 0 });
    await reportAll([{ job_type: 'undelayed', actual_delay_ms: 500 }]);
    expect(await stats('job_type=undelayed')).toMatchObject({
      total_attempts: 3,
      avg_delay_ms: 500,
      recorded_delays: 1,
    });
  });

  it('without a timestamp count now', async () => {
    await reportAll([{ job_type: 'undated' }]);
    expect(await stats('job_type=undated&window=5m')).toMatchObject({ total_attempts: 1 });
  });

  it('add up', async () => {
    await reportAll([true, true, true, false].map((success) => ({ job_type: 'sum', success, timestamp: ago(1) })));
    expect(await stats('job_type=sum')).toMatchObject({
      total_attempts: 4,
      successful_retries: 3,
      failed_retries: 1,
      success_rate: 0.75,
      sampled: false,
      recorded_retries: 4,
    });
  });
});

describe('dimensions', () => {
  beforeAll(async () => {
    const timestamp = ago(1);
    await reportAll([
      { job_type: 'd', queue: 'q1', tenant: 't1', error_class: 'e1', timestamp },
      { job_type: 'd', queue: 'q1', tenant: 't2', error_class: 'e2', timestamp },
      { job_type: 'd', queue: 'q2', tenant: 't2', error_class: 'e2', timestamp },
      { job_type: 'd', error_class: 'e:2', timestamp },
    ]);
  });

  it.each([
    ['queue=q1', 2],
    ['tenant=t2', 2],
    ['queue=q1&tenant=t2', 1],
    ['error_class=e2', 2],
    ['error_class=e%3A2', 1],
    ['queue=', 4],
    ['error_class=e', 0],
  ])('%s narrows to %p', async (filter, expected) => {
    expect(await stats(`job_type=d&${filter}`)).toMatchObject({ total_attempts: expected });
  });

  it.each([
    ['queue', { q1: 2, q2: 1, null: 1 }],
    ['tenant', { t1: 1, t2: 2, null: 1 }],
    ['error_class', { e1: 1, e2: 2, 'e:2': 1 }],
    ['job_type', { d: 4 }],
  ])('%s groups', async (dimension, expected) => {
    const { groups } = await stats(`job_type=d&group_by=${dimension}`);
    const sizes = (groups as { group: string | null; total_attempts: number }[]).map(({ group, total_attempts }) => [
      String(group),
      total_attempts,
    ]);
    expect(Object.fromEntries(sizes)).toEqual(expected);
  });

  it('that do not exist are refused', async () => {
    const answer = await client.get('/stats?group_by=colour');
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(problemPaths(answer)).toEqual(['group_by']);
  });

  it.each(['jobtype', 'window_start', 'window_end'])('a filter that there is none of, %s, is refused', async (name) => {
    const answer = await client.get(`/stats?${name}=x`);
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(problemPaths(answer)).toEqual([name]);
  });
});

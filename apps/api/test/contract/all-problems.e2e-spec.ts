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
}, 120_000);
afterAll(async () => {
  expect(await api.stop()).toBe(0);
});

const NUL = '%00';
const A_DAY_AHEAD = new Date(Date.now() + 86_400_000).toISOString();

describe('a refused request', () => {
  it('names what is wrong with every job of a batch, whatever is wrong with each', async () => {
    const features = [
      FAILED_JOB,
      { ...FAILED_JOB, attempt_number: '1', queue: 7 },
      { ...FAILED_JOB, failed_at: A_DAY_AHEAD, since_last_failure: 'long' },
      'no job',
      { ...FAILED_JOB, error_class: undefined },
    ];
    const answer = await client.post('/recommendation/batch', { features });
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(problemPaths(answer)).toEqual([
      'features[1].attempt_number',
      'features[1].queue',
      'features[2].failed_at',
      'features[2].since_last_failure',
      'features[3]',
      'features[4].error_class',
    ]);
  });

  it('names the bad jobs of a large batch, too, twenty of them', async () => {
    const features = Array.from({ length: 1_000 }, (_, i) => ({ ...FAILED_JOB, attempt_number: i % 2 }));
    const answer = await client.post('/recommendation/batch', { features });
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(problemPaths(answer)).toEqual(Array.from({ length: 20 }, (_, i) => `features[${2 * i}].attempt_number`));
  });

  it('names what is wrong with every count', async () => {
    const now = new Date().toISOString();
    const count = { job_type: 'any', succeeded: 1, failed: 0, window_start: now, window_end: now };
    const counts = [
      { ...count, succeeded: -1, failed: 0.5 },
      { ...count, window_start: 'then', window_end: 'now', processing_time: 'long' },
      { ...count, window_end: new Date(Date.now() - 60_000).toISOString() },
      count,
    ];
    const answer = await client.post('/attempt/counts', { counts });
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(problemPaths(answer)).toEqual([
      'counts[0].succeeded',
      'counts[0].failed',
      'counts[1].window_start',
      'counts[1].window_end',
      'counts[1].processing_time',
      'counts[2].window_end',
    ]);
  });

  it.each([
    [`/stats?window=never&queue=${NUL}&job_type=${NUL}`, ['window', 'job_type', 'queue']],
    [`/decisions?outcome=x&from=then&to=now&limit=0&cursor=${NUL}`, ['outcome', 'from', 'to', 'limit', 'cursor']],
    [`/audit?limit=0&since=then&until=now&actor=${NUL}&cursor=x`, ['limit', 'since', 'until', 'actor', 'cursor']],
    ['/configuration/history?limit=0&cursor=x', ['limit', 'cursor']],
    ['/ml/models?limit=0&cursor=x', ['limit', 'cursor']],
    ['/ml/deployments?limit=0&cursor=x&at=then', ['limit', 'cursor', 'at']],
    ['/ml/jobs?limit=0&cursor=x', ['limit', 'cursor']],
    ['/ml/experiments?from=then&to=now', ['from', 'to']],
    [`/data/export?tenant=${NUL}&job_id=${NUL}`, ['tenant', 'job_id']],
    [
      `/bayesian?job_type=${NUL}&error_class=a&tenant=${NUL}&attempt_number=0&incident_age=9999999h`,
      ['job_type', 'tenant', 'attempt_number', 'incident_age'],
    ],
  ])('names every parameter of the query that is wrong: %s', async (path, paths) => {
    const answer = await client.get(path);
    expect({ status: answer.status, paths: problemPaths(answer) }).toEqual({ status: 400, paths });
  });

  it.each(['/stats?job_type=', '/decisions?job_id=', '/audit?actor=', '/data/export?tenant='])(
    'is one whose query is not UTF-8: %s',
    async (path) => {
      const latin = await client.get(`${path}caf%E9`);
      expectProblem(latin, 400, 'INVALID_REQUEST');
      expect(latin.body['details']).toContain('not UTF-8');
      for (const text of ['caf%C3%A9', 'caf+%26%3d', '100%'])
        expect((await client.get(`${path}${text}`)).status).toBe(200);
    },
  );

  it('names every parameter that is wrong before anything is erased', async () => {
    const answer = await client.delete(`/data?tenant=${NUL}&reason=${NUL}`);
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(problemPaths(answer)).toEqual(['tenant', 'reason']);
  });
});

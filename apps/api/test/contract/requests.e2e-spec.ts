import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB, listBodyRoutes, type BodyRoute } from '../support/bodies.js';
import { createClient, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const WORKER_ROUTES = ['/recommendation', '/preview', '/attempt'];

let api: RunningApi;
let client: Client;
let routes: readonly BodyRoute[];

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
  routes = await listBodyRoutes(client);
});

afterAll(async () => {
  await api.stop();
});

describe('every route with a body', () => {
  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['text', '"text"'],
    ['a number', '7'],
    ['garbage', '{"job_type": nope}'],
    ['half an object', '{"job_type":"a"'],
    ['nothing', ''],
    ['whitespace', '  \n'],
    ['a byte order mark and garbage', '\ufeff{]'],
  ])('refuses %s', async (_name, body) => {
    for (const { method, path } of routes) {
      const answer = await client.send(method, path, { body, headers: JSON_TYPE });
      expectProblem(answer, 400, 'INVALID_REQUEST');
    }
  });

  it('refuses what follows a valid body', async () => {
    for (const { method, path, body } of routes) {
      const answer = await client.send(method, path, { body: `${JSON.stringify(body)} x`, headers: JSON_TYPE });
      expectProblem(answer, 400, 'INVALID_REQUEST');
    }
  });

  it('refuses other media types', async () => {
    for (const { method, path, body } of routes) {
      const foreign = ['application/json; charset=utf-16', 'application/json;charset="latin1"; v=1'];
      for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', ...foreign]) {
        const answer = await client.send(method, path, {
          body: JSON.stringify(body),
          headers: { 'content-type': type },
        });
        expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
      }
    }
  });

  it('takes __proto__, constructor and prototype for nothing', async () => {
    for (const { method, path, body, isConfiguration } of routes) {
      if (isConfiguration) continue;
      const hostile = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${JSON.stringify(body).slice(1)}`;
      expect((await client.send(method, path, { body: hostile, headers: JSON_TYPE })).status).toBe(200);
    }
    expect((await client.post('/recommendation', FAILED_JOB)).body).not.toHaveProperty('polluted');
  });

  it('names every time and duration of a job that is wrong, as it does for types', async () => {
    const wrong = { failed_at: 'then', deadline_at: 'soon', since_last_failure: 'long' };
    const previewed = await client.post('/preview', { features: { ...FAILED_JOB, ...wrong } });
    const attempt = { job_id: 'a', job_type: 'b', attempt_number: 2, success: true };
    const reported = await client.post('/attempt', { ...attempt, timestamp: 'then', processing_time: 'long' });
    for (const answer of [await client.post('/recommendation', { ...FAILED_JOB, ...wrong }), previewed, reported])
      expectProblem(answer, 400, 'INVALID_REQUEST');
    const paths = Object.keys(wrong).map((name) => `features.${name}`);
    expect(problemPaths(previewed).toSorted()).toEqual(paths.toSorted());
    expect(problemPaths(reported).toSorted()).toEqual(['processing_time', 'timestamp']);
  });

  it('ignores unknown fields of workers, and refuses those of configuration', async () => {
    for (const { method, path, body, isConfiguration } of routes) {
      const answer = await client.send(method, path, { body: { ...body, from_the_future: 1 } });
      if (isConfiguration) {
        expectProblem(answer, 400, 'INVALID_REQUEST');
        expect(problemPaths(answer)).toEqual(['from_the_future']);
      } else expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    }
  });

  it('converts no value of another type', async () => {
    for (const { method, path, body } of routes) {
      for (const [field, value] of Object.entries(body)) {
        if (['revision', 'updated_at', 'updated_by'].includes(field)) continue;
        const other = typeof value === 'string' ? 7 : typeof value === 'object' ? 'text' : JSON.stringify(value);
        const answer = await client.send(method, path, { body: { ...body, [field]: other } });
        expectProblem(answer, 400);
        expect(problemPaths(answer)).toEqual([field]);
        expect(answer.body['details']).toContain(field);
      }
    }
  });

  it('refuses bytes that are not UTF-8, which would make one job of two', async () => {
    const bytes = (jobId: string) =>
      Buffer.from(`{"job_id":"${jobId}","job_type":"latin","attempt_number":2,"success":true}`, 'latin1');
    for (const jobId of ['caf\xe9', 'caf\xe8', 'caf\xf0\x9f\x98', 'caf\xf0\x9f\x99']) {
      const answer = await client.send('POST', '/attempt', { body: new Uint8Array(bytes(jobId)), headers: JSON_TYPE });
      expectProblem(answer, 400, 'INVALID_REQUEST');
      expect(problemPaths(answer)).toEqual(['job_id']);
      expect(answer.body['details']).toContain('UTF-8');
    }
  });

  it('refuses numbers beyond the finite', async () => {
    const body = '{"job_type":"a","error_class":"b","attempt_number":1,"health":{"cpu":1e999}}';
    expectProblem(await client.send('POST', '/recommendation', { body, headers: JSON_TYPE }), 400, 'INVALID_REQUEST');
  });

  it('has a problem document for who asks for one', async () => {
    for (const { method, path } of routes) {
      const answer = await client.send(method, path, {
        body: '[]',
        headers: { ...JSON_TYPE, accept: 'application/problem+json' },
      });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.body).toMatchObject({
        type: expect.stringContaining('INVALID_REQUEST'),
        title: expect.any(String),
        status: 400,
        detail: expect.any(String),
        code: 'INVALID_REQUEST',
      });
    }
  });
});

describe('limits of bodies', () => {
  const padded = (body: object, bytes: number) => {
    const empty = JSON.stringify({ ...body, padding: '' });
    return JSON.stringify({ ...body, padding: 'x'.repeat(bytes - Buffer.byteLength(empty)) });
  };
  const send = (path: string, body: string) => client.send('POST', path, { body, headers: JSON_TYPE });
  const bodyOf = (path: string) => routes.find((route) => route.path === path)?.body ?? {};

  it('are 64 KiB for a worker', async () => {
    for (const path of WORKER_ROUTES) {
      expect((await send(path, padded(bodyOf(path), 65_536))).status).toBe(200);
      expectProblem(await send(path, padded(bodyOf(path), 65_537)), 413, 'BODY_TOO_LARGE');
    }
  });

  it('are 5 MiB for a batch', async () => {
    for (const path of ['/recommendation/batch', '/attempt/batch', '/attempt/counts']) {
      expect((await send(path, padded(bodyOf(path), 5_242_880))).status).toBe(200);
      for (const bytes of [5_242_881, 5_300_000, 5_300_000, 5_300_000, 20_000_000]) {
        expectProblem(await send(path, padded(bodyOf(path), bytes)), 413, 'BODY_TOO_LARGE');
      }
    }
  });
});

describe('unknown paths and wrong methods', () => {
  it('are refused in the shape of every other error', async () => {
    for (const path of ['/nowhere', '/recommendation/nowhere', '/attempt/batch/1', '/../etc/passwd', '/%00']) {
      expectProblem(await client.get(path), 404, 'ROUTE_NOT_FOUND');
    }
  });

  it.each([
    ['/recommendation', 'POST'],
    ['/recommendation/batch', 'POST'],
    ['/preview', 'POST'],
    ['/attempt', 'POST'],
    ['/attempt/batch', 'POST'],
    ['/attempt/counts', 'POST'],
    ['/stats', 'GET, HEAD'],
    ['/policies', 'GET, HEAD, POST'],
    ['/policies/default', 'GET, HEAD, PUT, DELETE'],
    ['/strategy', 'GET, HEAD, PUT'],
    ['/guardrails', 'GET, HEAD, PUT'],
    ['/decisions', 'GET, HEAD'],
    ['/decisions/any', 'GET, HEAD'],
    ['/configuration/history', 'GET, HEAD'],
    ['/bayesian', 'GET, HEAD'],
    ['/bayesian/update', 'POST'],
    ['/health', 'GET, HEAD'],
    ['/health/ready', 'GET, HEAD'],
    ['/metrics', 'GET, HEAD'],
    ['/openapi.json', 'GET, HEAD'],
  ])('%s answers to %s alone, and says so', async (path, methods) => {
    const known = [...methods.split(', '), 'OPTIONS'];
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'PURGE', 'M-SEARCH'];
    for (const method of others.filter((name) => !known.includes(name))) {
      const answer = await client.send(method, path);
      expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
      expect(answer.headers.get('allow')?.split(', ').sort()).toEqual([...known].sort());
    }
  });
});

describe('durations', () => {
  const keptAs = async (spelling: unknown) => {
    const { body } = await client.post('/recommendation', { ...FAILED_JOB, since_last_failure: spelling });
    const decision = await client.get(`/decisions/${String(body['recommendation_id'])}`);
    return (decision.body['features'] as Record<string, unknown>)['since_last_failure'];
  };

  it.each([['00:02:30'], ['02:30'], ['150'], ['150.000'], ['2m30s'], ['150s'], ['150000ms'], [150_000_000_000]])(
    '%p is two minutes and a half',
    async (spelling) => {
      expect(await keptAs(spelling)).toBe('00:02:30');
    },
  );

  it.each([['00:05.250'], ['5.25s'], ['5250ms'], [5_250_000_000]])('%p keeps its fraction', async (spelling) => {
    expect(await keptAs(spelling)).toBe('00:05.250');
  });

  it.each([[-1], [1.5], [1e300], ['-1s'], ['00:61'], ['1:60:00'], ['5 m'], ['5d'], ['1e3s'], ['0x10'], ['∞']])(
    '%p is none',
    async (spelling) => {
      const answer = await client.post('/recommendation', { ...FAILED_JOB, since_last_failure: spelling });
      expectProblem(answer, 400);
      expect(problemPaths(answer)).toEqual(['since_last_failure']);
    },
  );
});

describe('timestamps', () => {
  const MINUTE_MS = 60_000;
  const DAY_MS = 86_400_000;
  const at = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString();
  const report = (timestamp: unknown) =>
    client.post('/attempt', { job_id: 'timed', job_type: 'timed', attempt_number: 1, success: true, timestamp });
  const ask = (failedAt: unknown) => client.post('/recommendation', { ...FAILED_JOB, failed_at: failedAt });

  it('reach from the retention to five minutes ahead', async () => {
    for (const send of [report, ask]) {
      expect((await send(at(4 * MINUTE_MS))).status).toBe(200);
      expectProblem(await send(at(6 * MINUTE_MS)), 400, 'TIMESTAMP_OUT_OF_RANGE');
      expect((await send(at(-29 * DAY_MS))).status).toBe(200);
      expectProblem(await send(at(-31 * DAY_MS)), 400, 'TIMESTAMP_OUT_OF_RANGE');
    }
  });

  it('are RFC 3339', async () => {
    for (const text of [
      '2026-02-30T00:00:00Z',
      '2026-01-01',
      '2026-01-01T00:00:00',
      'Thu, 01 Jan 2026',
      '1767225600',
    ]) {
      for (const send of [report, ask]) expectProblem(await send(text), 400, 'INVALID_REQUEST');
    }
    for (const value of [1_767_225_600, true, {}]) expectProblem(await report(value), 400, 'INVALID_REQUEST');
  });

  it('are answered in UTC with milliseconds', async () => {
    const { body } = await ask(new Date(Date.now() + 3_600_000).toISOString().replace('Z', '+01:00'));
    expect(body['next_evaluation']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(String(body['next_evaluation']))).toBeLessThan(Date.now() + MINUTE_MS);
  });
});

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listDocumentedRoutes, type DocumentedRoute } from './access/support/documented-routes.js';
import { createClient, type Client } from './support/client.js';
import { exchange } from './support/exchange.js';
import { expectProblem, problemPaths } from './support/problem.js';
import { startApi, type RunningApi } from './support/start-api.js';

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

const BACKWARDS = '/decisions?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z';
const JOB = { job_type: 'email_send', error_class: 'timeout', attempt_number: 1 };

describe('the shape of a refusal', () => {
  it('names the field as the seed does', async () => {
    const { status, body, headers } = await client.post('/recommendation', { error_class: 'x', attempt_number: 1 });
    expect(status).toBe(400);
    expect(body).toEqual({
      error: 'Invalid request body',
      status: 400,
      timestamp: expect.any(String),
      details: 'missing required field: job_type',
      code: 'INVALID_REQUEST',
      request_id: headers.get('x-request-id'),
      fields: [{ path: 'job_type', message: 'is required' }],
    });
  });

  it('is a problem document for who asks for one', async () => {
    const { headers, body } = await client.get('/nowhere', { headers: { accept: 'application/problem+json' } });
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      type: expect.any(String),
      title: 'Not found',
      status: 404,
      detail: expect.any(String),
    });
  });

  it('covers unknown paths, wrong methods and wrong types', async () => {
    expect(await client.get('/ml/none')).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
    const wrongMethod = await client.send('PATCH', '/policies');
    expect(wrongMethod).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED', status: 405 } });
    expect(wrongMethod.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
    const form = await client.send('POST', '/recommendation', {
      body: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
    expect((await client.send('OPTIONS', '/policies')).status).toBe(204);
    expect((await client.send('HEAD', '/policies')).status).toBe(200);
    expect(await client.get('/policies/%zz')).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });

  it.each([
    ['what is no HTTP at all', 'nonsense'],
    ['a request without a host', 'GET /api/v1/retry/policies HTTP/1.1\r\nconnection: close'],
    [
      'a request with two hosts',
      'GET /api/v1/retry/policies HTTP/1.1\r\nhost: localhost\r\nHost: localhost\r\nconnection: close',
    ],
    ['the same at the probes, in HTTP/1.0', 'GET /api/v1/retry/health HTTP/1.0\r\nhost: localhost\r\nhost: localhost'],
  ])('covers %s', async (_name, head) => {
    const answer = await exchange(new URL(api.baseUrl), `${head}\r\n\r\n`);
    expect(answer).toContain('400 Bad Request');
    expect(answer).toContain('"code":"INVALID_REQUEST"');
  });

  it('is none for whoever expects what this server does not know', async () => {
    const head = 'GET /api/v1/retry/policies HTTP/1.1\r\nhost: localhost\r\nexpect: a-miracle\r\nconnection: close';
    expect(await exchange(new URL(api.baseUrl), `${head}\r\n\r\n`)).toContain('200 OK');
  });

  it('covers bodies that are too large', async () => {
    const { status, body } = await client.post('/recommendation', { ...JOB, padding: 'x'.repeat(70_000) });
    expect(status).toBe(413);
    expect(body).toMatchObject({ code: 'BODY_TOO_LARGE' });
    const batch = await client.post('/recommendation/batch', { features: [{ ...JOB, padding: 'x'.repeat(70_000) }] });
    expect(batch.status).toBe(200);
  });

  it('turns foreign host names away, but not from the probes', async () => {
    // fetch does not let a caller choose the host, so this speaks HTTP itself.
    const status = async (path: string) => {
      const { pathname, hostname, port } = new URL(api.baseUrl + path);
      const answer = await exchange(
        { hostname, port },
        `GET ${pathname} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`,
      );
      return Number(answer.split(' ')[1]);
    };
    expect(await status('/policies')).toBe(403);
    expect(await status('/health')).toBe(200);
  });
});

describe('strictness', () => {
  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['text', '"x"'],
    ['garbage', '{"job_type":'],
    ['trailing garbage', `${JSON.stringify(JOB)}x`],
    ['an empty body', ''],
  ])('refuses %s as a body', async (_name, body) => {
    const answer = await client.send('POST', '/recommendation', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });

  it.each([
    ['attempt_number', '2'],
    ['attempt_number', 0],
    ['attempt_number', 1.5],
    ['attempt_number', 1_000_001],
    ['job_type', ''],
    ['job_type', null],
    ['error_class', 'x'.repeat(256)],
    ['time_of_day', 24],
    ['payload_size', -1],
    ['health', { cpu: '0.5' }],
    ['since_last_failure', 'soon'],
    ['failed_at', 'yesterday'],
    ['failed_at', '2020-01-01T00:00:00Z'],
    ['failed_at', '2999-01-01T00:00:00Z'],
    ['retry_after', 'later'],
    ['error_code', 429],
  ])('refuses %s %p, naming it', async (field, value) => {
    const { status, body } = await client.post('/recommendation', { ...JOB, [field]: value });
    expect(status).toBe(400);
    expect(body['details']).toContain(field);
    expect(body['fields']).toEqual([expect.objectContaining({ path: expect.stringContaining(field) })]);
  });

  it.each([
    ['error_code', null],
    ['queue', ''],
    ['failed_at', ''],
    ['since_last_failure', null],
    ['since_last_failure', 150_000_000_000],
    ['since_last_failure', '00:02:30'],
    ['avg_processing_time', '1h30m'],
    ['retry_after', 2.5],
    ['retry_after', '120'],
    ['retry_after', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['deadline_at', '2999-01-01T00:00:00+02:00'],
    ['from_the_future', { any: 'thing' }],
  ])('accepts %s %p', async (field, value) => {
    expect((await client.post('/recommendation', { ...JOB, [field]: value })).status).toBe(200);
  });

  it('refuses text that no store can hold', async () => {
    for (const jobType of ['a\0b', '\ud800']) {
      const answer = await client.post('/recommendation', { ...JOB, job_type: jobType });
      expect(answer).toMatchObject({ status: 400, body: { fields: [{ path: 'job_type' }] } });
    }
    expect((await client.post('/recommendation', { ...JOB, job_type: '\\u0000 😀' })).status).toBe(200);
    const unread = { ...JOB, zz: '\ud800', error_message: 'half a \ud83d, \0' };
    expect((await client.post('/recommendation', unread)).status).toBe(200);
    const batch = await client.post('/recommendation/batch', { features: [JOB, unread, { ...JOB, queue: '\0' }] });
    expect(batch).toMatchObject({ status: 400, body: { fields: [{ path: 'features[2].queue' }] } });
  });

  it('takes keys like __proto__ for nothing', async () => {
    const body = '{"__proto__":{"job_type":"x"},"constructor":{"prototype":{}},"error_class":"x","attempt_number":1}';
    const answer = await client.send('POST', '/recommendation', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer).toMatchObject({ status: 400, body: { details: 'missing required field: job_type' } });
  });

  it('refuses unknown fields of configuration, and empty strategies', async () => {
    expect(await client.put('/guardrails', { max_attemps: 3 })).toMatchObject({
      status: 400,
      body: { details: 'unknown field: max_attemps' },
    });
    expect((await client.put('/strategy', {})).status).toBe(400);
    expect((await client.put('/strategy', 'null')).status).toBe(400);
  });

  it.each(['0s', '-1h', 'week', '9999h', '1'.repeat(70)])('refuses the window %s', async (window) => {
    const { status, body } = await client.get(`/stats?window=${window}`);
    expect(status).toBe(400);
    expect(body['fields']).toEqual([expect.objectContaining({ path: 'window' })]);
  });

  it('refuses pages that no page gave', async () => {
    for (const path of ['/decisions?cursor=x', '/decisions?limit=201', BACKWARDS, '/configuration/history?cursor=-1']) {
      expect((await client.get(path)).status).toBe(400);
    }
    expect((await client.get('/decisions/forged')).status).toBe(404);
  });

  it('names at most 20 fields, however many are wrong', async () => {
    const features = Array.from({ length: 1_000 }, () => ({}));
    const { status, body } = await client.post('/recommendation/batch', { features });
    expect(status).toBe(400);
    expect(body['fields']).toHaveLength(20);
  });

  it('answers no body with a server error', async () => {
    const routes = [
      '/recommendation',
      '/recommendation/batch',
      '/preview',
      '/attempt',
      '/attempt/batch',
      '/policies/test',
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), fc.jsonValue(), async (route, body) => {
        expect((await client.send('POST', route, { body: JSON.stringify(body) })).status).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });
});

describe('bodies that are not plain UTF-8', () => {
  const send = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>) =>
    client.send('POST', path, { body, headers: { 'content-type': 'application/json', ...headers } });
  const text = JSON.stringify(JOB);

  it('are refused with 415, compressed or saying so, and told what is taken', async () => {
    for (const path of ['/recommendation', '/attempt/batch', '/policies']) {
      for (const body of [text, new Uint8Array(gzipSync(text))]) {
        const answer = await send(path, body, { 'content-encoding': 'gzip' });
        expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
        expect(answer.headers.get('accept-encoding')).toBe('identity');
      }
    }
    expect((await send('/recommendation', text, { 'content-encoding': 'identity' })).status).toBe(200);
  });

  it.each([
    ['application/json; charset=utf-16', 415],
    ['application/json;charset="latin1"; v=1', 415],
    ['application/json; charset=utf-8', 200],
    ['APPLICATION/JSON;charset="UTF-8"', 200],
    ['application/json; v=1', 200],
  ])('declared as %s are answered with %p', async (type, status) => {
    expect((await send('/recommendation', text, { 'content-type': type })).status).toBe(status);
  });
});

describe('a name in the query that there is none of', () => {
  const askWithQuery = ({ method, path, body }: DocumentedRoute) =>
    client.send(method, `${path}${path.includes('?') ? '&' : '?'}no_such_name=x`, {
      ...(body !== undefined && { body }),
    });

  it('is refused, named, by every route but those of workers and probes, which ignore it', async () => {
    const routesOfAll = await listDocumentedRoutes();
    const tolerant: string[] = [];
    for (const route of routesOfAll) {
      const answer = await askWithQuery(route);
      if (problemPaths(answer).includes('no_such_name')) expectProblem(answer, 400, 'INVALID_REQUEST');
      else tolerant.push(route.path);
    }
    expect(routesOfAll.length).toBeGreaterThan(40);
    expect(tolerant.toSorted()).toEqual([
      '/attempt',
      '/attempt/batch',
      '/attempt/counts',
      '/health',
      '/health/ready',
      '/preview',
      '/recommendation',
      '/recommendation/batch',
    ]);
  });

  it('does not let an erasure reach further than it was meant to', async () => {
    const { body } = await client.post('/recommendation', { ...JOB, tenant: 'kept', job_id: 'kept' });
    const misspelt = await client.delete('/data?tenant=kept&jobid=other');
    expectProblem(misspelt, 400, 'INVALID_REQUEST');
    expect(problemPaths(misspelt)).toEqual(['jobid']);
    expect((await client.get(`/decisions/${String(body['recommendation_id'])}`)).status).toBe(200);
  });
});

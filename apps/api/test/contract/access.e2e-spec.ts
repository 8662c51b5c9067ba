import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILED_JOB } from '../support/bodies.js';
import { createClient, type Client } from '../support/client.js';
import { exchange } from '../support/exchange.js';
import { expectProblem } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const KEY = 'k3y-0f-the-0perat0r';

const statusFor = async (api: RunningApi, host: string, path: string) => {
  const { hostname, port, pathname } = new URL(api.baseUrl + path);
  const head = [`GET ${pathname} HTTP/1.1`, ...(host === '' ? [] : [`host: ${host}`]), 'connection: close'];
  const answer = await exchange({ hostname, port: Number(port) }, `${head.join('\r\n')}\r\n\r\n`);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
};

describe('without a key', () => {
  let api: RunningApi;

  beforeAll(async () => {
    api = await startApi();
  });

  afterAll(async () => {
    await api.stop();
  });

  it.each(['localhost', 'localhost:8080', 'LOCALHOST', '127.0.0.1', '127.9.9.9:1', '[::1]', '[::1]:8080'])(
    'this machine asks as %s',
    async (host) => {
      expect(await statusFor(api, host, '/strategy')).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '0.0.0.0',
    '[::2]',
    '127.0.0.1@evil',
  ])('who asks as %s is turned away from every route but the probes', async (host) => {
    for (const path of ['/strategy', '/policies', '/metrics', '/decisions', '/docs/', '/openapi.json', '/nowhere']) {
      expect({ path, status: await statusFor(api, host, path) }).toEqual({ path, status: 403 });
    }
    expect(await statusFor(api, host, '/health')).toBe(200);
    expect(await statusFor(api, host, '/health/ready')).toBe(200);
  });

  it('sends no header that lets foreign pages read', async () => {
    const { headers } = await createClient(api.baseUrl).get('/strategy', {
      headers: { origin: 'https://evil.example' },
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('with a key', () => {
  let api: RunningApi;
  let client: Client;

  beforeAll(async () => {
    api = await startApi({ env: { RETRY_ADMIN_KEY: KEY } });
    client = createClient(api.baseUrl);
  });

  afterAll(async () => {
    await api.stop();
  });

  const ROUTES: readonly { readonly method: string; readonly path: string; readonly body?: object }[] = [
    { method: 'POST', path: '/recommendation', body: FAILED_JOB },
    { method: 'POST', path: '/recommendation/batch', body: { features: [] } },
    { method: 'POST', path: '/preview', body: { features: FAILED_JOB } },
    { method: 'POST', path: '/attempt', body: { job_id: 'a', job_type: 'a', attempt_number: 1, success: true } },
    { method: 'POST', path: '/attempt/batch', body: { attempts: [] } },
    { method: 'POST', path: '/attempt/counts', body: { counts: [] } },
    { method: 'GET', path: '/stats' },
    { method: 'GET', path: '/policies' },
    { method: 'POST', path: '/policies/test', body: { job_type: 'a', error_class: 'b' } },
    { method: 'PUT', path: '/policies/default', body: { max_attempts: 3, priority: 1 } },
    { method: 'GET', path: '/policies/default' },
    { method: 'GET', path: '/strategy' },
    { method: 'GET', path: '/guardrails' },
    { method: 'PUT', path: '/guardrails', body: {} },
    { method: 'GET', path: '/decisions' },
    { method: 'GET', path: '/configuration/history' },
    { method: 'GET', path: '/metrics' },
    { method: 'GET', path: '/openapi.json' },
    { method: 'GET', path: '/docs/' },
  ];

  it.each(ROUTES)('is asked for by $method $path', async ({ method, path, body }) => {
    const send = (headers: Readonly<Record<string, string>>) =>
      client.send(method, path, { headers, ...(body && { body }) });
    const strangers = [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: `Bearer ${KEY}x` },
      { authorization: `Basic ${KEY}` },
      { authorization: KEY },
      { 'x-api-key': '' },
      { 'x-api-key': KEY.toUpperCase() },
    ];
    for (const headers of strangers) {
      const answer = await send(headers);
      expectProblem(answer, 401, 'UNAUTHENTICATED');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    const known = [{ authorization: `Bearer ${KEY}` }, { authorization: `bearer ${KEY}` }, { 'x-api-key': KEY }];
    for (const headers of known) expect((await send(headers)).status).toBe(200);
  });

  it('is not asked for by the probes', async () => {
    expect((await client.get('/health')).status).toBe(200);
    expect((await client.get('/health/ready')).status).toBe(200);
  });

  it('tells a stranger nothing of which routes there are', async () => {
    expectProblem(await client.get('/nowhere'), 401, 'UNAUTHENTICATED');
    expectProblem(await client.send('PATCH', '/policies'), 401, 'UNAUTHENTICATED');
  });

  it('lets its owner ask under any host name', async () => {
    const { hostname, port, pathname } = new URL(`${api.baseUrl}/strategy`);
    const head = `GET ${pathname} HTTP/1.1\r\nhost: retry.example.org\r\nx-api-key: ${KEY}\r\nconnection: close\r\n\r\n`;
    expect(await exchange({ hostname, port: Number(port) }, head)).toMatch(/^HTTP\/1\.1 200/);
  });

  it('is never logged', () => {
    expect(JSON.stringify(api.logs)).not.toContain(KEY);
  });
});

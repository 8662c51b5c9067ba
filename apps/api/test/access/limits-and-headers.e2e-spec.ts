import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Ask, type Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const TIMEOUT_MS = 120_000;
const ADMIN = { headers: { 'x-api-key': 'the-admin-key' } };
const AT_ONCE = 40;

describe('a key', () => {
  let api: RunningApi;
  let client: Client;
  let slow: Ask;

  beforeAll(async () => {
    api = await startApi({ env: { RETRY_ADMIN_KEY: 'the-admin-key' } });
    client = createClient(api.baseUrl);
    const wanted = { name: 'slow', scopes: ['read'], requests_per_second: 2 };
    slow = await untilPasses(async () => {
      const { status, body } = await client.post('/keys', wanted, ADMIN);
      expect(status).toBe(201);
      return { headers: { 'x-api-key': String(body['secret']) } };
    });
  }, TIMEOUT_MS);

  afterAll(async () => {
    expect(await api.stop()).toBe(0);
  });

  it('is told what it may ask and what is left, and is refused beyond it, until it may ask again', async () => {
    const first = await client.get('/policies', slow);
    expect(first.headers.get('ratelimit-policy')).toBe('"key";q=2;w=1');
    expect(first.headers.get('ratelimit')).toMatch(/^"key";r=[01];t=[01]$/);
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => client.get('/policies', slow)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expectProblem(answer, 429, 'RATE_LIMITED');
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.headers.get('ratelimit')).toBe('"key";r=0;t=1');
    }
    await untilPasses(async () => expect((await client.get('/policies', slow)).status).toBe(200));
  });

  it('without a limit of its own has the default of the process, and takes nothing from others', async () => {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => client.get('/policies', ADMIN)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"key";q=10000;w=1');
  });

  it('is not counted at the probes', async () => {
    for (let i = 0; i < AT_ONCE; i++) expect((await client.get('/health', slow)).status).toBe(200);
    expect((await client.get('/health', slow)).headers.get('ratelimit')).toBeNull();
  });
});

describe('without keys', () => {
  const count = async (env: Readonly<Record<string, string>>) => {
    const api = await startApi({ env });
    const client = createClient(api.baseUrl);
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => client.get('/policies')));
    await api.stop();
    return {
      refused: answers.filter(({ status }) => status === 429).length,
      header: answers[0]?.headers.get('ratelimit'),
    };
  };

  it(
    'nobody is limited, unless the configuration says so',
    async () => {
      expect(await count({})).toEqual({ refused: 0, header: null });
      const { refused } = await count({ RETRY_RATE_LIMIT: '3' });
      expect(refused).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

describe('answers', () => {
  let api: RunningApi;
  let client: Client;
  beforeAll(async () => {
    api = await startApi();
    client = createClient(api.baseUrl);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await api.stop();
  });

  const STRICT = {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  };

  it.each(['/strategy', '/health', '/metrics', '/openapi.json', '/nowhere', '/decisions?limit=x'])(
    'of GET %s can be neither framed, sniffed, kept nor read by a foreign page',
    async (path) => {
      const { headers } = await client.get(path, { headers: { origin: 'https://evil.example' } });
      expect(Object.fromEntries(Object.keys(STRICT).map((name) => [name, headers.get(name)]))).toEqual(STRICT);
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    },
  );

  it('to a preflight allow no foreign page anything', async () => {
    const asked = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const { headers } = await client.send('OPTIONS', '/recommendation', { headers: asked });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('of the page about the API let it run its own scripts, and nobody else', async () => {
    const { headers, text } = await client.get('/docs/');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const inline = [...text.matchAll(/<script(?![^>]*\bsrc=)[^>]*>/g)];
    expect(inline).toEqual([]);
    const scripts = [...text.matchAll(/<script[^>]*\bsrc="([^"]+)"/g)].map(([, src]) => src);
    expect(scripts.length).toBeGreaterThan(0);
    for (const src of scripts) expect((await fetch(new URL(src ?? '', `${api.baseUrl}/docs/`))).status).toBe(200);
  });
});

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Ask, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const BASE_PATH = '/api/v1/retry';
const OPENAPI = new URL('../../../../docs/openapi.json', import.meta.url);
const ADMIN = { 'x-api-key': 'the-admin-key' };
/** Of connections, of bodies and for browsers: said of every API, and of no operation in particular. */
const GENERIC =
  /^(?:connection|keep-alive|date|vary|cache-control|content-.*|transfer-encoding|x-(?:content|frame)-.*|referrer-policy|cross-origin-.*)$/;

interface Response {
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Record<string, Response> }>>>>;
  readonly components: { readonly headers: object };
}

let api: RunningApi;
let client: Client;
let document: OpenApi;

beforeAll(async () => {
  document = JSON.parse(await readFile(OPENAPI, 'utf8')) as OpenApi;
  api = await startApi({ env: { RETRY_ADMIN_KEY: ADMIN['x-api-key'] } });
  client = createClient(api.baseUrl);
}, 120_000);
afterAll(async () => {
  expect(await api.stop()).toBe(0);
});

const ask = (headers: Readonly<Record<string, string>> = {}, body?: unknown): Ask => ({
  headers: { ...ADMIN, 'x-request-id': 'mine', ...headers },
  ...(body !== undefined && { body }),
});
const once = { 'idempotency-key': 'once' };
const policy = { name: 'documented', error_patterns: ['documented'], max_attempts: 2 };
const attempt = { job_id: 'j', job_type: 'any', attempt_number: 2, success: true };
const train = { model_type: 'logistic', features: ['attempt_number'] };

const USUAL = ['ratelimit', 'ratelimit-policy', 'x-request-id'];
const requests: readonly (readonly [number, string, string, Ask, readonly string[]])[] = [
  [200, 'GET', '/health', ask(), ['x-request-id']],
  [200, 'GET', '/strategy', ask(), [...USUAL, 'etag']],
  [200, 'GET', '/guardrails', ask(), [...USUAL, 'etag']],
  [200, 'GET', '/policies', ask(), [...USUAL, 'etag']],
  [200, 'GET', '/policies/{name}', ask(), [...USUAL, 'etag']],
  [200, 'POST', '/attempt', ask({}, attempt), USUAL],
  [201, 'POST', '/policies', ask(once, policy), [...USUAL, 'etag']],
  [201, 'POST', '/policies', ask(once, policy), [...USUAL, 'etag', 'idempotency-replayed']],
  [409, 'POST', '/policies', ask({}, policy), USUAL],
  [409, 'PUT', '/guardrails', ask({ 'if-match': '"1"' }, { max_attempts: 8 }), USUAL],
  [202, 'POST', '/ml/train', ask({ prefer: 'respond-async' }, train), [...USUAL, 'location']],
  [503, 'POST', '/ml/train', ask({}, train), [...USUAL, 'retry-after']],
  [400, 'POST', '/recommendation', ask({}, {}), USUAL],
  [401, 'GET', '/strategy', ask({ 'x-api-key': 'nobody' }), ['x-request-id', 'www-authenticate']],
  [404, 'GET', '/decisions/{recommendation_id}', ask(), USUAL],
  [415, 'POST', '/attempt', ask({ 'content-encoding': 'gzip' }, attempt), [...USUAL, 'accept-encoding']],
];

describe('headers of answers', () => {
  it.each(requests)('are in the OpenAPI document: %i of %s %s', async (status, method, path, asked, expected) => {
    const filled = path.replace('{name}', 'default').replace(/\{\w+\}/, 'none');
    const headers = await untilPasses(async () => {
      const answer = await client.send(method, filled, asked);
      expect({ status: answer.status, text: answer.text }).toEqual({ status, text: expect.any(String) });
      return answer.headers;
    });
    const sent = [...headers.keys()].filter((name) => !GENERIC.test(name));
    expect(sent.toSorted()).toEqual([...expected].sort());
    const described = document.paths[BASE_PATH + path]?.[method.toLowerCase()]?.responses[status]?.headers ?? {};
    const names = Object.keys(described).map((name) => name.toLowerCase());
    expect(names).toEqual(expect.arrayContaining(sent));
  });

  it('are described once, and referred to by name', () => {
    const all = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations).flatMap(({ responses }) =>
        Object.values(responses).flatMap(({ headers = {} }) => Object.entries(headers)),
      ),
    );
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter(([name, { $ref }]) => $ref !== `#/components/headers/${name}`)).toEqual([]);
    expect(Object.keys(document.components.headers).toSorted()).toEqual([...new Set(all.map(([n]) => n))].sort());
  });
});

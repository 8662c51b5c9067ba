import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FAILED_JOB, listBodyRoutes, type BodyRoute } from '../support/bodies.js';
import { createClient, type Answer, type Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

let api: RunningApi;
let client: Client;
let routes: readonly BodyRoute[];
let strategy: Answer['body'];
let honestAnswers: number;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
  routes = await listBodyRoutes(client);
  strategy = (await client.get('/strategy')).body;
});

beforeEach(() => {
  honestAnswers = 0;
});

afterAll(async () => {
  await api.stop();
});

/** A client that asks and reports as it should, beside the hostile one. */
const beHonest = async () => {
  const [advice, record] = await Promise.all([
    client.post('/recommendation', FAILED_JOB),
    client.post('/attempt', { job_id: 'honest', job_type: 'honest', attempt_number: 2, success: true }),
  ]);
  expect(advice).toMatchObject({ status: 200, body: { recommendation_id: expect.any(String) } });
  expect(record.status).toBe(200);
  honestAnswers++;
};

const expectNoHarm = (answer: Answer) => {
  expect(answer.status).toBeLessThan(500);
  if (answer.status >= 400) expectProblem(answer, answer.status);
};

/** Sends each hostile body to every route at once, an honest client's requests among them; then all is as before. */
const attack = async <T>(
  bodies: fc.Arbitrary<T>,
  send: (route: BodyRoute, body: T) => Promise<Answer>,
  numRuns: number,
) => {
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const [answers] = await Promise.all([Promise.all(routes.map((route) => send(route, body))), beHonest()]);
      answers.forEach(expectNoHarm);
    }),
    { numRuns },
  );
  expect(honestAnswers).toBeGreaterThanOrEqual(numRuns);
  // What an attacker may have configured validly is undone: configuration is an operator's to change.
  expect((await client.put('/strategy', strategy)).status).toBe(200);
  expect((await client.post('/recommendation', FAILED_JOB)).body).toMatchObject({
    should_retry: true,
    policy: 'service_unavailable',
  });
};

const sendText = ({ method, path }: BodyRoute, body: string | Uint8Array<ArrayBuffer>) =>
  client.send(method, path, { body, headers: { 'content-type': 'application/json' } });

const NASTY_TEXTS = [
  '',
  ' ',
  '\0',
  '\ud800',
  '😀',
  '__proto__',
  "'; DROP TABLE attempts; --",
  '\u202e',
  '1e999',
  '%s%n',
  '${7*7}',
];
const NASTY_NUMBERS = [0, -0, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21, 1e308, 5e-324];

/** What makes a regular expression go back and forth: one piece over and over, then something else. */
const repeatingTexts = fc
  .record({
    piece: fc.oneof(fc.constantFrom('f', '0', 'e3b0c442', 'deadbeef-', 'a.', ' ', '/'), fc.string({ maxLength: 8 })),
    end: fc.constantFrom('', 'z', '_part', '!', ' '),
    length: fc.constantFrom(64, 250, 8_000),
  })
  .map(({ piece, end, length }) => piece.repeat(Math.floor(length / Math.max(1, piece.length))) + end);

const nastyValues = fc.oneof(
  repeatingTexts,
  fc.constantFrom<unknown>(
    null,
    true,
    [],
    {},
    [[]],
    { __proto__: null, constructor: 1 },
    ...NASTY_TEXTS,
    ...NASTY_NUMBERS,
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(256, 5_000, 70_000).map((length) => 'x'.repeat(length)),
  fc.array(fc.constantFrom<unknown>(...NASTY_TEXTS, ...NASTY_NUMBERS, null), { maxLength: 70 }),
  fc.jsonValue({ maxDepth: 4 }),
);

/** The body with one value, at a place chosen by the steps of a walk, replaced. */
const withReplaced = (body: unknown, walk: readonly number[], value: unknown): unknown => {
  const [step, ...rest] = walk;
  if (step === undefined || typeof body !== 'object' || body === null) return value;
  const keys = Object.keys(body);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return value;
  if (Array.isArray(body)) {
    const items: readonly unknown[] = body;
    return items.map((item, i) => (String(i) === key ? withReplaced(item, rest, value) : item));
  }
  return { ...body, [key]: withReplaced(Reflect.get(body, key), rest, value) };
};

describe('no body harms the service or its other clients', () => {
  it('random JSON', async () => {
    await attack(fc.json({ maxDepth: 6 }), sendText, 12);
  });

  it('random bytes', async () => {
    const bytes = fc.uint8Array({ maxLength: 2_000 }).map((array) => new Uint8Array(array));
    await attack(bytes, sendText, 8);
  });

  it('valid bodies with one value replaced', async () => {
    const mutations = fc.record({ walk: fc.array(fc.nat(100), { minLength: 1, maxLength: 4 }), value: nastyValues });
    await attack(
      mutations,
      (route, { walk, value }) =>
        client.send(route.method, route.path, { body: withReplaced(route.body, walk, value) }),
      25,
    );
  });

  it('valid bodies with a field added', async () => {
    const fields = fc.tuple(
      fc.constantFrom(
        'error_message',
        'health',
        'retry_after',
        'deadline_at',
        'recommendation_id',
        'processing_time',
        'tenant',
      ),
      nastyValues,
    );
    await attack(
      fields,
      (route, [field, value]) => client.send(route.method, route.path, { body: { ...route.body, [field]: value } }),
      12,
    );
  });

  it('valid texts with a piece cut out or put in', async () => {
    const edits = fc.record({
      at: fc.nat(2_000),
      cut: fc.nat(3),
      put: fc.constantFrom('', '"', '{', ']', ',', '\\', '\\u0000', '\\ud800', '\0', '1e999', 'é'),
    });
    await attack(
      edits,
      (route, { at, cut, put }) => {
        const text = JSON.stringify(route.body);
        const from = at % text.length;
        return sendText(route, text.slice(0, from) + put + text.slice(from + cut));
      },
      12,
    );
  });

  it.each([
    ['deeply nested lists', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['deeply nested objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['a deep field', `{"job_type":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['many keys', `{${Array.from({ length: 6_000 }, (_, i) => `"k${i}":1`).join(',')}}`],
    ['one key many times', `{${'"job_type":"a",'.repeat(4_000)}"job_type":"b"}`],
    ['a long number', `{"attempt_number":${'9'.repeat(60_000)}}`],
    ['a small number', `{"attempt_number":1e-${'9'.repeat(10_000)}}`],
    ['NULs', '\0'.repeat(60_000)],
    [
      'prototype keys',
      '{"__proto__":{"job_type":"a"},"constructor":{"prototype":{"x":1}},"hasOwnProperty":1,"toString":null}',
    ],
  ])('%s', async (_name, body) => {
    for (const route of routes) {
      const [answer] = await Promise.all([sendText(route, body), beHonest()]);
      expectNoHarm(answer);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
    expect(honestAnswers).toBe(routes.length);
  });

  it.each([
    ['millions of levels', `{"attempts":[${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}]}`],
    [
      'more names than can be read at once',
      `{"attempts":[{${Array.from({ length: 300_000 }, (_, i) => `"k${i}":1`).join(',')}}]}`,
    ],
  ])('%s in a batch, which are not even read', async (_name, body) => {
    const [answer] = await Promise.all([client.post('/attempt/batch', body), beHonest()]);
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(answer.body['details']).toContain('more than 100 deep');
    expect(honestAnswers).toBe(1);
  });

  it('the largest batch of the worst items', async () => {
    const features = Array.from({ length: 1_000 }, () => ({ ...FAILED_JOB, health: { a: 'x' }, attempt_number: -1 }));
    const attempts = Array.from({ length: 5_000 }, (_, i) => ({ job_id: i, success: 'no', timestamp: 'never' }));
    const hostile = [client.post('/recommendation/batch', { features }), client.post('/attempt/batch', { attempts })];
    const honest = Array.from({ length: 20 }, beHonest);
    const [[recommendations, recorded]] = await Promise.all([Promise.all(hostile), Promise.all(honest)]);
    expectProblem(recommendations as Answer, 400, 'INVALID_REQUEST');
    expect(recorded?.status).toBe(200);
    expect(honestAnswers).toBe(20);
  });
});

import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { pino } from 'pino';
import { createFailureAnswer } from './answer-failure.js';
import type { Caller } from './caller.js';
import { limitRequests } from './limit-requests.js';

const caller = (actor: string, tenant: string | null): Caller => {
  return { actor, id: `id-of-${actor}`, scopes: new Set(), tenant, requestsPerSecond: 1 };
};

/** Two keys that may ask once a second each. */
const serve = async () => {
  const lines: Record<string, unknown>[] = [];
  const refused: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const app = fastify();
  const callers = new Map([caller('a', 'acme'), caller('b', null)].map((known) => [known.actor, known]));
  app.decorateRequest('caller');
  app.addHook('onRequest', (request, _reply, done) => {
    request.caller = callers.get(String(request.headers['x-api-key'])) as Caller;
    done();
  });
  limitRequests(app, { requestsPerSecond: undefined, keysAreAsked: () => true, logger });
  app.setErrorHandler(createFailureAnswer(logger, (code) => refused.push(code)));
  app.get('/', { config: { access: { scope: 'any_key' } } }, () => 'ok');
  await app.ready();
  const ask = async (key: string) => (await app.inject({ url: '/', headers: { 'x-api-key': key } })).statusCode;
  return { ask, lines, refused };
};

describe('keys that ask more often than they may', () => {
  it('are refused and counted each time, and logged once a minute by name and tenant', async () => {
    const { ask, lines, refused } = await serve();
    const statuses = [];
    for (const key of ['a', 'a', 'a', 'a', 'b']) statuses.push(await ask(key));
    expect(statuses).toEqual([200, 429, 429, 429, 200]);
    expect(refused).toEqual(Array.from({ length: 3 }, () => 'RATE_LIMITED'));
    expect(lines).toEqual([expect.objectContaining({ actor: 'a', tenant: 'acme', limit: 1 })]);
    await ask('b');
    expect(lines).toHaveLength(2);
  });
});

import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { pino } from 'pino';
import { ANYBODY } from '../keys/key-ring.js';
import { Lifecycle } from '../lifecycle/lifecycle.js';
import { createFailureAnswer } from './answer-failure.js';
import type { Caller } from './caller.js';
import { guardRequests } from './request-gate.js';

type Method = 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'DELETE';

const ask = async (method: Method, headers: Record<string, string>, owner: Caller | null = null) => {
  const server = fastify();
  server.setErrorHandler(createFailureAnswer(pino({ enabled: false }), () => undefined));
  guardRequests(server, {
    keys: { areAsked: owner !== null, callerOf: () => owner },
    lifecycle: new Lifecycle(),
  });
  server.all('/ml/rollback', (request, reply) => reply.send({ actor: request.caller.actor }));
  return server.inject({ method, url: '/ml/rollback', headers });
};

describe('without a key', () => {
  it.each<[string, Record<string, string>]>([
    ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page of another site, by an old browser', { origin: 'http://localhost.evil.example:8080' }],
    ['a page of nowhere', { origin: 'null' }],
    ['another site that does not say which', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
  ])('%s changes nothing', async (_who, headers) => {
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      const answer = await ask(method, headers);
      expect({ method, status: answer.statusCode, code: answer.json<{ code: string }>().code }).toEqual({
        method,
        status: 403,
        code: 'FORBIDDEN_ORIGIN',
      });
    }
  });

  it.each<[string, Method, Record<string, string>]>([
    ['a program', 'POST', {}],
    ['the page at /docs', 'POST', { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }],
    ['the same page at an IPv6 address', 'POST', { origin: 'http://[::1]:8080' }],
    ['a person who follows a link', 'GET', { 'sec-fetch-site': 'cross-site' }],
    ['a page that may ask but not read', 'OPTIONS', { origin: 'https://evil.example' }],
  ])('%s is let in', async (_who, method, headers) => {
    const answer = await ask(method, headers);
    expect(answer.json()).toEqual({ actor: ANYBODY.actor });
  });
});

describe('with a key', () => {
  it('the key decides, wherever it is sent from', async () => {
    const answer = await ask('POST', { origin: 'https://ops.example', 'x-api-key': 'any' }, ANYBODY);
    expect(answer.statusCode).toBe(200);
  });
});

import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { sendProblem } from './send-problem.js';

const typeFor = async (accept: string) => {
  const server = fastify();
  server.get('/', (request, reply) => sendProblem(request, reply, { code: 'ROUTE_NOT_FOUND', details: 'none' }));
  const answer = await server.inject({ url: '/', headers: { accept } });
  return String(answer.headers['content-type']).split(';')[0];
};

describe('a problem', () => {
  it.each([
    'application/problem+json',
    'APPLICATION/PROBLEM+JSON',
    'text/html, application/problem+json;charset=utf-8;q=0.5 , */*',
    'application/problem+json;q=0.001',
  ])('is a document for who accepts %s', async (accept) => {
    expect(await typeFor(accept)).toBe('application/problem+json');
  });

  it.each([
    '',
    '*/*',
    'application/json',
    'application/problem+json;q=0',
    'application/problem+json ; Q=0.000, application/json',
    'application/problem+json-seq',
    'x-application/problem+json',
  ])('is plain JSON for who accepts "%s"', async (accept) => {
    expect(await typeFor(accept)).toBe('application/json');
  });
});

import { describe, expect, it } from '@jest/globals';
import { fastify, type InjectOptions } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { timeRequests } from './time-requests.js';

const logger = pino({ level: 'silent' });

describe('timeRequests', () => {
  it('counts a request under its own method, also where a route has several', async () => {
    const registry = new Registry();
    const app = fastify();
    timeRequests(app, { registry, logger });
    app.route({ method: ['PUT', 'DELETE'], url: '/things/:id', handler: (_request, reply) => reply.code(204).send() });
    const send = (method: InjectOptions['method'] & string) => app.inject({ method, url: '/things/1' });
    await send('PUT');
    await send('DELETE');
    await send('DELETE');
    const counts = (await registry.metrics()).match(/_duration_seconds_count\{.*/g);
    expect(counts?.sort()).toEqual([
      '_duration_seconds_count{method="DELETE",route="/things/:id",status="2xx"} 2',
      '_duration_seconds_count{method="PUT",route="/things/:id",status="2xx"} 1',
    ]);
  });

  it('takes no time for what an earlier hook refuses', async () => {
    const registry = new Registry();
    const app = fastify();
    app.addHook('onRequest', (_request, _reply, done) => {
      done(new Error('no'));
    });
    timeRequests(app, { registry, logger });
    app.get('/things', () => 'x');
    await app.inject({ method: 'GET', url: '/things' });
    expect(await registry.metrics()).toContain('_sum{method="GET",route="/things",status="5xx"} 0');
  });

  it('counts a refused request under the class of its status', async () => {
    const registry = new Registry();
    const app = fastify();
    timeRequests(app, { registry, logger });
    app.get('/things', () => Promise.reject(new Error('no')));
    await app.inject({ method: 'GET', url: '/things' });
    expect(await registry.metrics()).toContain('_count{method="GET",route="/things",status="5xx"} 1');
  });
});

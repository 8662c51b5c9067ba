import { describe, expect, it } from '@jest/globals';
import { fastify, type InjectOptions } from 'fastify';
import { Registry } from 'prom-client';
import { timeRequests } from './time-requests.js';

describe('timeRequests', () => {
  it('counts a request under its own method, also where a route has several', async () => {
    const registry = new Registry();
    const app = fastify();
    timeRequests(app, registry);
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
});

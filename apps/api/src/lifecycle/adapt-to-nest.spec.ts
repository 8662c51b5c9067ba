import { describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { adaptToNest } from './adapt-to-nest.js';

/** Who listens for the end of an answer while it is made. */
async function countListeners(server: FastifyInstance, url: string): Promise<number> {
  return Number((await server.inject(url)).body);
}

describe('adaptToNest', () => {
  it('keeps its request hooks from routes that were there before, and gives them to those that come', async () => {
    const server = fastify();
    const serve = (path: string) => server.get(path, (_, reply) => String(reply.raw.listenerCount('finish')));
    serve('/before');
    await server.after();
    const adapter = adaptToNest(server);
    const seen: string[] = [];
    adapter.setOnRequestHook((request, _reply, done) => {
      seen.push(request.url);
      done();
    });
    serve('/after');
    const listeners = await countListeners(server, '/before');
    expect(await countListeners(server, '/after')).toBe(listeners + 1);
    expect(seen).toEqual(['/after']);
    await server.close();
  });
});

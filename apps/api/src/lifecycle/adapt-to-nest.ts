import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, onRequestHookHandler, onResponseHookHandler } from 'fastify';

type AddHook = (this: FastifyInstance, name: string, hook: unknown) => FastifyInstance;

/**
 * Nest's adapter over a server that has the routes of workers already. Its own hooks are for what Nest may be asked for, and
 * one makes Fastify listen for the end of each answer. Fastify hands hooks to routes that were there before, too, so these
 * are given to each route from now on instead (docs/adr/0022-what-a-request-costs.md).
 */
export function adaptToNest(fastify: FastifyInstance): FastifyAdapter {
  // Not bound: scopes inherit it, and each adds hooks of its own by it.
  const addHook = Reflect.get(fastify, 'addHook') as AddHook;
  const onRequest: onRequestHookHandler[] = [];
  const onResponse: onResponseHookHandler[] = [];
  const setAside = (name: string, hook: unknown): FastifyInstance => {
    if (name === 'onRequest') onRequest.push(hook as onRequestHookHandler);
    else if (name === 'onResponse') onResponse.push(hook as onResponseHookHandler);
    else addHook.call(fastify, name, hook);
    return fastify;
  };
  Reflect.set(fastify, 'addHook', setAside);
  // Nothing here is Express-style middleware.
  const adapter = new FastifyAdapter(Object.assign(fastify, { skipMiddie: true }));
  Reflect.set(fastify, 'addHook', addHook);
  fastify.addHook('onRoute', (route) => {
    route.onRequest = [...onRequest, ...[route.onRequest ?? []].flat()];
    route.onResponse = [...onResponse, ...[route.onResponse ?? []].flat()];
  });
  return adapter;
}

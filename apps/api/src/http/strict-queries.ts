import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { problemResponses } from './problem-responses.js';

/** What newer workers say more than this server knows is no reason to leave them without an answer. */
const WORKER_SCOPES: readonly string[] = ['recommend', 'record'];

/**
 * Makes every route added from now on refuse names in its query that it does not know: a filter that is misspelt would
 * answer for everything, or erase it. Those of workers and probes ignore them.
 */
export function refuseUnknownQueries(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined || !('tenant' in access) || WORKER_SCOPES.includes(access.scope)) return;
    const { querystring, response } = route.schema ?? {};
    route.schema = {
      ...route.schema,
      querystring: { ...(querystring ?? Type.Object({})), additionalProperties: false },
      response: { ...problemResponses(400), ...(typeof response === 'object' ? response : {}) },
    };
  });
}

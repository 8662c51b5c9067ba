import { SmartRetryError } from '@smart-retry/domain';
import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import { RequestMeter, type Allowance } from './request-meter.js';

/** What a key may ask in each process and second where neither it nor the configuration says anything. */
const DEFAULT_PER_SECOND = 10_000;

export interface RequestLimits {
  /** Requests a second for each key; 0 for no limit; undefined: the default where keys are asked for, else none. */
  readonly requestsPerSecond: number | undefined;
  readonly keysAreAsked: () => boolean;
}

/** Counts the requests of each key at every route but open ones, tells it what is left, and refuses what is too much. */
export function limitRequests(fastify: FastifyInstance, { requestsPerSecond, keysAreAsked }: RequestLimits): void {
  const meter = new RequestMeter(requestsPerSecond === 0 ? null : (requestsPerSecond ?? DEFAULT_PER_SECOND));
  const isAlwaysOn = requestsPerSecond !== undefined;
  const limit: onRequestHookHandler = (request, reply, done) => {
    if (!isAlwaysOn && !keysAreAsked()) return done();
    const allowance = meter.take(request.caller, performance.now());
    if (allowance === null) return done();
    reply.header('ratelimit-policy', `"key";q=${allowance.limit};w=1`);
    reply.header('ratelimit', `"key";r=${allowance.remaining};t=${Math.ceil(allowance.waitMs / 1_000)}`);
    if (allowance.isAllowed) done();
    else done(tooMany(allowance));
  };
  fastify.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined || access.scope === 'open') return;
    route.onRequest = [limit, ...[route.onRequest ?? []].flat()];
  });
}

function tooMany({ limit, waitMs }: Allowance): SmartRetryError {
  return new SmartRetryError('RATE_LIMITED', `this key may ask ${limit} times a second`, { retryAfterMs: waitMs });
}

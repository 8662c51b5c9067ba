import { SmartRetryError } from '@smart-retry/domain';
import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import type { Logger } from 'pino';
import type { Caller } from './caller.js';
import { RequestMeter, type Allowance } from './request-meter.js';
import { describeHeader, type ResponseHeaders } from './response-headers.js';

/** What a key may ask in each process and second where neither it nor the configuration says anything. */
const DEFAULT_PER_SECOND = 10_000;
/** That a key asks too much is logged no more often than this. */
const QUIET_MS = 60_000;

/** For the documentation: what a caller is told of its limit, where it has one. */
export const RATE_LIMIT: ResponseHeaders = {
  'RateLimit-Policy': describeHeader('Requests a second that the key has.'),
  RateLimit: describeHeader('What is left of them (`r`), and the seconds until there is more (`t`).'),
};

export interface RequestLimits {
  /** Requests a second for each key; 0 for no limit; undefined: the default where keys are asked for, else none. */
  readonly requestsPerSecond: number | undefined;
  readonly keysAreAsked: () => boolean;
  /** Is told which key was refused: what is counted names none. */
  readonly logger: Logger;
}

/** Counts the requests of each key at every route but open ones, tells it what is left, and refuses what is too much. */
export function limitRequests(fastify: FastifyInstance, limits: RequestLimits): void {
  const { requestsPerSecond, keysAreAsked } = limits;
  const noteRefusal = createRefusalLog(limits.logger);
  const meter = new RequestMeter(requestsPerSecond === 0 ? null : (requestsPerSecond ?? DEFAULT_PER_SECOND));
  const isAlwaysOn = requestsPerSecond !== undefined;
  const limit: onRequestHookHandler = (request, reply, done) => {
    if (!isAlwaysOn && !keysAreAsked()) return done();
    const nowMs = performance.now();
    const allowance = meter.take(request.caller, nowMs);
    if (allowance === null) return done();
    reply.header('ratelimit-policy', `"key";q=${allowance.limit};w=1`);
    reply.header('ratelimit', `"key";r=${allowance.remaining};t=${Math.ceil(allowance.waitMs / 1_000)}`);
    if (allowance.isAllowed) return done();
    noteRefusal(request.caller, allowance, nowMs);
    done(tooMany(allowance));
  };
  fastify.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined || access.scope === 'open') return;
    route.onRequest = [limit, ...[route.onRequest ?? []].flat()];
  });
}

function createRefusalLog(logger: Logger) {
  const quietUntilMs = new WeakMap<Caller, number>();
  return (caller: Caller, { limit }: Allowance, nowMs: number): void => {
    if (nowMs < (quietUntilMs.get(caller) ?? 0)) return;
    quietUntilMs.set(caller, nowMs + QUIET_MS);
    const { actor, tenant } = caller;
    logger.warn({ actor, tenant, limit }, 'a key asks more often than it may; its requests beyond that are refused');
  };
}

function tooMany({ limit, waitMs }: Allowance): SmartRetryError {
  return new SmartRetryError('RATE_LIMITED', `this key may ask ${limit} times a second`, { retryAfterMs: waitMs });
}

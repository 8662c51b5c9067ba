import { createHash, timingSafeEqual } from 'node:crypto';
import { SmartRetryError } from '@smart-retry/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from '../config/is-loopback.js';
import type { Lifecycle } from '../lifecycle/lifecycle.js';
import { setActor } from './actor.js';

export interface GateOptions {
  readonly adminKey: string | undefined;
  readonly lifecycle: Lifecycle;
}

const BEARER = /^bearer +(\S+)$/i;
const PORT = /:\d+$/;

/** Runs before anything else of a request: names it, and turns away who may not ask. */
export function guardRequests(fastify: FastifyInstance, { adminKey, lifecycle }: GateOptions): void {
  const refuse = adminKey === undefined ? createHostCheck() : createKeyCheck(adminKey);
  fastify.addHook('onRequest', (request, reply, done) => {
    // No header is free on the hot path: an answer carries the id only where somebody looks for it.
    if (request.headers['x-request-id'] !== undefined) reply.header('x-request-id', request.id);
    if (lifecycle.isClosing) reply.header('connection', 'close');
    const refusal = refuse(request);
    // Read only when it matters: the route's options are assembled anew at each access.
    if (refusal === null || request.routeOptions.config.access?.scope === 'open') done();
    else done(refusal);
  });
}

/** Without a key only this machine may ask; a name that resolves to it by DNS rebinding may not. */
function createHostCheck(): (request: FastifyRequest) => SmartRetryError | null {
  // Clients keep to one spelling; it is taken apart once.
  let lastAccepted: string | undefined;
  return ({ headers: { host } }) => {
    if (host === undefined || host === lastAccepted) return null;
    if (!isLoopback(host.replace(PORT, ''))) {
      return new SmartRetryError('FORBIDDEN_HOST', 'without a key this API answers to loopback names only');
    }
    lastAccepted = host;
    return null;
  };
}

function createKeyCheck(adminKey: string): (request: FastifyRequest) => SmartRetryError | null {
  const expected = digest(adminKey);
  return (request) => {
    const given = readKey(request);
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      return new SmartRetryError('UNAUTHENTICATED', 'send the key as "Authorization: Bearer …" or as "X-API-Key: …"');
    }
    setActor(request, 'admin');
    return null;
  };
}

function readKey(request: FastifyRequest): string | undefined {
  const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1];
  const header = request.headers['x-api-key'];
  return bearer ?? (typeof header === 'string' ? header : undefined);
}

/** Digests have one length, so that the comparison tells nothing of the key's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

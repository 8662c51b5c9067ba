import { SmartRetryError } from '@smart-retry/domain';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { isLoopback } from '../config/is-loopback.js';
import { ANYBODY } from '../keys/key-ring.js';
import type { LiveKeys } from '../keys/live-keys.js';
import type { Lifecycle } from '../lifecycle/lifecycle.js';
import { bindTenant } from './bind-tenant.js';
import type { Caller } from './caller.js';
import type { RouteAccess } from './route-access.js';

export interface GateOptions {
  readonly keys: Pick<LiveKeys, 'areAsked' | 'callerOf'>;
  readonly lifecycle: Lifecycle;
}

const BEARER = /^bearer +(\S+)$/i;
const PORT = /:\d+$/;
const WEB_SCHEME = /^https?:\/\//;
const READING_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const FOREIGN_SITES: ReadonlySet<unknown> = new Set(['cross-site', 'same-site']);

/** Runs before anything else of a request: finds out who asks, and turns away who may not. Waits for no store. */
export function guardRequests(fastify: FastifyInstance, { keys, lifecycle }: GateOptions): void {
  const refuseHost = createHostCheck();
  const identify = (request: FastifyRequest): Caller | SmartRetryError => {
    if (lacksHost(request)) return new SmartRetryError('INVALID_REQUEST', 'the Host header is missing');
    if (keys.areAsked) return callerOf(request, keys) ?? unauthenticated();
    return refuseHost(request) ?? refuseOrigin(request) ?? ANYBODY;
  };
  fastify.decorateRequest('caller');
  fastify.addHook('onRequest', (request, reply, done) => {
    // No header is free on the hot path: an answer carries the id only where somebody looks for it.
    if (request.headers['x-request-id'] !== undefined) reply.header('x-request-id', request.id);
    if (lifecycle.isClosing) reply.header('connection', 'close');
    if (namesTwoHosts(request))
      return done(new SmartRetryError('INVALID_REQUEST', 'there is more than one Host header'));
    const caller = identify(request);
    if (!(caller instanceof SmartRetryError)) request.caller = caller;
    // Read only when it matters: the route's options are assembled anew at each access.
    else if (request.routeOptions.config.access?.scope !== 'open') return done(caller);
    done();
  });
  fastify.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined || !('tenant' in access)) return;
    route.onRequest = [checkAccess(access), ...[route.onRequest ?? []].flat()];
    const bind = bindTenant(access.tenant);
    if (bind !== null) route.preHandler = [bind, ...[route.preHandler ?? []].flat()];
  });
}

function checkAccess({ scope, tenant }: RouteAccess & { readonly tenant: string }): onRequestHookHandler {
  return ({ caller }, _reply, done) => {
    if (!caller.scopes.has(scope as never)) {
      done(new SmartRetryError('FORBIDDEN_SCOPE', `this takes a key with the scope ${scope}`));
    } else if (caller.tenant !== null && tenant === 'refused') {
      done(new SmartRetryError('FORBIDDEN_SCOPE', 'this is about all tenants: it takes a key that is bound to none'));
    } else done();
  };
}

/** What HTTP/1.1 demands of each request, and HTTP/1.0 does not know. */
function lacksHost({ headers, raw }: FastifyRequest): boolean {
  return headers.host === undefined && raw.httpVersionMinor > 0;
}

/** Which no request may (RFC 9112, 3.2): Node goes by the first of them, and whoever stands in between perhaps by the other. */
function namesTwoHosts({ raw: { rawHeaders } }: FastifyRequest): boolean {
  let hosts = 0;
  // Names and values in turn.
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
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

/** Browsers send what a page of any site asks for, some of it without asking first: without a key no page may change anything. */
function refuseOrigin({ headers, method }: FastifyRequest): SmartRetryError | null {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin === undefined && site === undefined) return null;
  if (READING_METHODS.has(method)) return null;
  const isForeign = origin !== undefined && !isLoopback(origin.replace(WEB_SCHEME, '').replace(PORT, ''));
  if (!isForeign && !FOREIGN_SITES.has(site)) return null;
  return new SmartRetryError('FORBIDDEN_ORIGIN', 'without a key pages of other sites may not change anything');
}

function callerOf({ headers }: FastifyRequest, keys: Pick<LiveKeys, 'callerOf'>): Caller | null {
  const header = headers['x-api-key'];
  const text = BEARER.exec(headers.authorization ?? '')?.[1] ?? (typeof header === 'string' ? header : undefined);
  return text === undefined ? null : keys.callerOf(text);
}

function unauthenticated(): SmartRetryError {
  return new SmartRetryError('UNAUTHENTICATED', 'send the key as "Authorization: Bearer …" or as "X-API-Key: …"');
}

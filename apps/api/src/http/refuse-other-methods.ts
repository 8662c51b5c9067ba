import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { sendProblem } from './send-problem.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What a path answers to, as `Allow` says it. */
interface AllowedAt {
  readonly url: string;
  readonly allow: string;
}

/**
 * Notes every route from now on; the answer adds, for each path, 405 for the methods that it does not have. `PROPFIND` and
 * others that hardly anybody sends get no routes: they are refused where none was found.
 */
export function collectMethods(fastify: FastifyInstance): { refuseOthers(): void } {
  const methodsByUrl = new Map<string, Set<string>>();
  let paths: readonly AllowedAt[] = [];
  fastify.addHook('onRoute', ({ url, method }) => {
    const known = methodsByUrl.get(url) ?? new Set();
    [method].flat().forEach((name) => known.add(name));
    methodsByUrl.set(url, known);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const found = request.is404 ? findPath(paths, request.url.split('?', 1)[0] ?? '') : undefined;
    if (found === undefined) done();
    else refuse(request, reply, found.allow);
  });
  return {
    refuseOthers: () => {
      const routes = [...methodsByUrl];
      paths = routes.map(([url]) => {
        // `/policies/test` is a route of its own and, for other methods, the policy of that name.
        const alike = routes.filter(([pattern]) => covers(pattern, url));
        const known = new Set(['OPTIONS', ...alike.flatMap(([, methods]) => [...methods])]);
        return { url, allow: METHODS.filter((method) => known.has(method)).join(', ') };
      });
      for (const path of paths) refuseOthersAt(fastify, path, methodsByUrl.get(path.url)?.has('OPTIONS') === true);
    },
  };
}

function refuseOthersAt(fastify: FastifyInstance, { url, allow }: AllowedAt, hasOptions: boolean): void {
  const allowed = allow.split(', ');
  const others = METHODS.filter((method) => !allowed.includes(method));
  const shared = { url, schema: { hide: true }, config: { access: { scope: 'any_key' } } } as const;
  if (others.length > 0) {
    fastify.route({
      ...shared,
      method: [...others],
      // A method that this path does not have needs no body to be refused.
      onRequest: (request, reply) => refuse(request, reply, allow),
      handler: () => undefined,
    });
  }
  if (!hasOptions) {
    fastify.route({
      ...shared,
      method: 'OPTIONS',
      handler: (_request, reply) => reply.code(204).header('allow', allow).send(),
    });
  }
}

function refuse(request: FastifyRequest, reply: FastifyReply, allow: string): void {
  reply.header('allow', allow);
  sendProblem(request, reply, { code: 'METHOD_NOT_ALLOWED', details: `this path answers to ${allow}` });
}

function findPath(paths: readonly AllowedAt[], path: string): AllowedAt | undefined {
  return paths.find(({ url }) => url === path) ?? paths.find(({ url }) => covers(url, path));
}

function covers(pattern: string, url: string): boolean {
  const segments = url.split('/');
  const wanted = pattern.split('/');
  return (
    wanted.length === segments.length &&
    wanted.every((segment, i) => segment.startsWith(':') || segment === segments[i])
  );
}

import type { FastifyInstance, HTTPMethods } from 'fastify';
import { sendProblem } from './send-problem.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Notes every route from now on; the answer adds, for each path, 405 for the methods that it does not have. */
export function collectMethods(fastify: FastifyInstance): { refuseOthers(): void } {
  const methodsByUrl = new Map<string, Set<string>>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const known = methodsByUrl.get(url) ?? new Set();
    [method].flat().forEach((name) => known.add(name));
    methodsByUrl.set(url, known);
  });
  return {
    refuseOthers: () => {
      const routes = [...methodsByUrl];
      for (const [url] of routes) {
        // `/policies/test` is a route of its own and, for other methods, the policy of that name.
        const alike = routes.filter(([pattern]) => covers(pattern, url));
        refuseOthersAt(fastify, url, new Set(alike.flatMap(([, methods]) => [...methods])));
      }
    },
  };
}

function refuseOthersAt(fastify: FastifyInstance, url: string, known: ReadonlySet<string>): void {
  const allowed = METHODS.filter((method) => known.has(method) || method === 'OPTIONS');
  const others = METHODS.filter((method) => !allowed.includes(method));
  const allow = allowed.join(', ');
  const shared = { url, schema: { hide: true }, config: { access: { scope: 'any_key' } } } as const;
  if (others.length > 0) {
    fastify.route({
      ...shared,
      method: [...others],
      // A method that this path does not have needs no body to be refused.
      onRequest: (request, reply) => {
        reply.header('allow', allow);
        sendProblem(request, reply, { code: 'METHOD_NOT_ALLOWED', details: `this path answers to ${allow}` });
      },
      handler: () => undefined,
    });
  }
  if (!known.has('OPTIONS')) {
    fastify.route({
      ...shared,
      method: 'OPTIONS',
      handler: (_request, reply) => reply.code(204).header('allow', allow).send(),
    });
  }
}

function covers(pattern: string, url: string): boolean {
  const segments = url.split('/');
  const wanted = pattern.split('/');
  return (
    wanted.length === segments.length &&
    wanted.every((segment, i) => segment.startsWith(':') || segment === segments[i])
  );
}

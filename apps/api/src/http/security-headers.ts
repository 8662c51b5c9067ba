import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * What a browser is told of answers that it may show or keep. Who calls by POST or PUT is no browser: such an answer can
 * neither be linked to nor, without CORS, be read by a foreign page. TLS ends before this process, and so does HSTS.
 */
const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Puts them on an answer. */
export function setSecurityHeaders(reply: FastifyReply): void {
  reply.headers(HEADERS);
}

/** Puts them on the answers of every route that a browser can open. */
export function secureAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (![route.method].flat().includes('GET')) return;
    route.onRequest = [
      (_request, reply, done) => {
        setSecurityHeaders(reply);
        done();
      },
      ...[route.onRequest ?? []].flat(),
    ];
  });
}

import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { RequestDurations, type DurationCell } from './request-durations.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** When its headers had arrived, on the monotonic clock. */
    receivedAtMs: number;
  }
}

const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'];

export interface TimingOptions {
  readonly registry: Registry;
  /** Names each request at level debug. */
  readonly logger: Logger;
}

/** Times every request by method, route pattern and class of status. */
export function timeRequests(fastify: FastifyInstance, { registry, logger }: TimingOptions): void {
  const durations = new RequestDurations(registry);
  const isEveryRequestLogged = logger.isLevelEnabled('debug');
  fastify.decorateRequest('receivedAtMs', 0);
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.receivedAtMs = performance.now();
    done();
  });
  fastify.addHook('onRoute', (route: RouteOptions) => {
    // Resolved once for each route and its methods: no label is joined or checked while a request is served.
    const byMethod = new Map<string, readonly DurationCell[]>(
      [route.method]
        .flat()
        .map((method) => [
          method,
          STATUS_CLASSES.map((status) => durations.cell({ method, route: route.url, status })),
        ]),
    );
    // When it is sent: listening for when it has left costs more than all that is measured for most requests.
    route.onSend = [route.onSend ?? []].flat().concat((request, reply, payload, done) => {
      const sentAtMs = performance.now();
      // 0 where an earlier hook has refused it at once.
      const durationMs = sentAtMs - (request.receivedAtMs || sentAtMs);
      byMethod.get(request.method)?.[Math.floor(reply.statusCode / 100) - 1]?.observe(durationMs / 1_000);
      if (isEveryRequestLogged) {
        const { id: requestId, method, url } = request;
        logger.debug({ requestId, method, url, status: reply.statusCode, durationMs }, 'request answered');
      }
      done(null, payload);
    });
  });
}

import type { FastifyInstance, RouteOptions } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const LABELS = ['method', 'route', 'status'] as const;
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'];

type Label = (typeof LABELS)[number];

/** Times every request by method, route pattern and class of status. */
export function timeRequests(fastify: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'smart_retry_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: LABELS,
    buckets: BUCKETS_S,
    registers: [registry],
  });
  const isEveryRequestLogged = ['debug', 'trace'].includes(fastify.log.level);
  fastify.addHook('onRoute', (route: RouteOptions) => {
    // Resolved once for each route and its methods: no label is joined or checked while a request is served.
    const byMethod = new Map<string, readonly Histogram.Internal<Label>[]>(
      [route.method]
        .flat()
        .map((method) => [
          method,
          STATUS_CLASSES.map((status) => durations.labels({ method, route: route.url, status })),
        ]),
    );
    route.onResponse = [route.onResponse ?? []].flat().concat((request, reply, done) => {
      byMethod.get(request.method)?.[Math.floor(reply.statusCode / 100) - 1]?.observe(reply.elapsedTime / 1_000);
      if (isEveryRequestLogged) {
        const { id: requestId, method, url } = request;
        request.log.debug(
          { requestId, method, url, status: reply.statusCode, durationMs: reply.elapsedTime },
          'request answered',
        );
      }
      done();
    });
  });
}

import type { Span } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../lifecycle/version.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where requests are not traced. */
    span: Span | null;
  }
}

/** With its repeats; the end of the process waits no longer for a collector that is away. */
const EXPORT_TIMEOUT_MS = 2_000;

/**
 * Sends a span for each request to an OpenTelemetry collector over OTLP/HTTP, as part of the caller's trace where it names
 * one. What the collector does not take in time is dropped. The SDK is loaded here, so that it costs nothing where this is
 * not called.
 *
 * @param endpoint the collector's base URL; `/v1/traces` is added
 */
export async function traceRequests(fastify: FastifyInstance, endpoint: string): Promise<void> {
  const [api, { W3CTraceContextPropagator }, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/core'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'smart-retry', 'service.version': VERSION }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('smart-retry-api', VERSION);
  const propagator = new W3CTraceContextPropagator();

  fastify.decorateRequest('span', null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url;
    request.span = tracer.startSpan(
      route === undefined ? method : `${method} ${route}`,
      {
        kind: api.SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          ...(route !== undefined && { 'http.route': route }),
          'smart_retry.request_id': request.id,
        },
      },
      propagator.extract(api.ROOT_CONTEXT, request.headers, api.defaultTextMapGetter),
    );
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    request.span?.setAttribute('http.response.status_code', reply.statusCode);
    // By convention only what is the server's fault is an error of its span.
    if (reply.statusCode >= 500) request.span?.setStatus({ code: api.SpanStatusCode.ERROR });
    request.span?.end();
    done();
  });
  fastify.addHook('onClose', () => provider.shutdown().catch(() => undefined));
}

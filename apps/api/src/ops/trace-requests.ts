import type { Context, Span } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../lifecycle/version.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where requests are not traced. */
    span: Span | null;
  }
}

/** W3C Trace Context, version 00: the trace that a caller's request belongs to. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

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
  const [{ ROOT_CONTEXT, SpanKind, SpanStatusCode, trace }, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
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
  const parentOf = (header: unknown): Context => {
    const [, traceId, spanId, flags] = TRACEPARENT.exec(String(header)) ?? [];
    if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
    const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
    return trace.setSpanContext(ROOT_CONTEXT, parent);
  };

  fastify.decorateRequest('span', null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url;
    request.span = tracer.startSpan(
      route === undefined ? method : `${method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          ...(route !== undefined && { 'http.route': route }),
          'smart_retry.request_id': request.id,
        },
      },
      parentOf(request.headers['traceparent']),
    );
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    request.span?.setAttribute('http.response.status_code', reply.statusCode);
    // By convention only what is the server's fault is an error of its span.
    if (reply.statusCode >= 500) request.span?.setStatus({ code: SpanStatusCode.ERROR });
    request.span?.end();
    done();
  });
  fastify.addHook('onClose', () => provider.shutdown().catch(() => undefined));
}

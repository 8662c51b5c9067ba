import type { Span } from '@opentelemetry/api';
import type { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { VERSION } from '../lifecycle/version.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where requests are not traced. */
    span: Span | null;
  }
}

/** With its repeats; the end of the process waits no longer for a collector that is away. */
const EXPORT_TIMEOUT_MS = 2_000;
/** That the collector takes nothing is logged no more often than this. */
const QUIET_MS = 60_000;

export interface TracingOptions {
  /** The collector's base URL; `/v1/traces` is added. */
  readonly endpoint: string;
  /** The name of this process among the others. */
  readonly replica: string;
  /** Route patterns that no span is made for: those that are asked every few seconds by machines. */
  readonly untraced: readonly string[];
  readonly logger: Logger;
}

/**
 * Sends a span for each request to an OpenTelemetry collector over OTLP/HTTP, as part of the caller's trace where it names
 * one. What the collector does not take in time is dropped. The SDK is loaded here, so that it costs nothing where this is
 * not called. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say more, or something else, about the process.
 */
export async function traceRequests(fastify: FastifyInstance, options: TracingOptions): Promise<void> {
  const [api, { ExportResultCode, W3CTraceContextPropagator }, sdk, { OTLPTraceExporter }, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/core'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint}${options.endpoint.endsWith('/') ? '' : '/'}v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const own = { 'service.name': 'smart-retry', 'service.version': VERSION, 'service.instance.id': options.replica };
  const declared = resources.detectResources({ detectors: [resources.envDetector] });
  const provider = new sdk.BasicTracerProvider({
    resource: resources.resourceFromAttributes(own).merge(declared),
    spanProcessors: [
      new sdk.BatchSpanProcessor(
        logFailures(exporter, { succeeded: ExportResultCode.SUCCESS, logger: options.logger }),
      ),
    ],
  });
  const untraced = new Set(options.untraced);
  const tracer = provider.getTracer('smart-retry-api', VERSION);
  const propagator = new W3CTraceContextPropagator();

  fastify.decorateRequest('span', null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url;
    if (route !== undefined && untraced.has(route)) return done();
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

/** An exporter that says when spans are lost. */
function logFailures(
  exporter: SpanExporter,
  { succeeded, logger }: { readonly succeeded: ExportResultCode; readonly logger: Logger },
): SpanExporter {
  let quietUntilMs = 0;
  return {
    export: (spans, tellResult) => {
      exporter.export(spans, (result) => {
        const nowMs = performance.now();
        if (result.code !== succeeded && nowMs >= quietUntilMs) {
          quietUntilMs = nowMs + QUIET_MS;
          logger.warn({ cause: result.error?.message }, 'the collector of traces takes no spans; they are dropped');
        }
        tellResult(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

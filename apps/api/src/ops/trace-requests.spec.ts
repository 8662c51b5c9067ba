import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { traceRequests } from './trace-requests.js';

interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

const SERVER_KIND = 2;
const ERROR_CODE = 2;
const TRACE_ID = 'a'.repeat(32);
const PARENT_ID = 'b'.repeat(16);

/** Takes what is sent to it, as a collector does. */
class Receiver {
  readonly spans: ReceivedSpan[] = [];
  readonly paths: string[] = [];
  resource: ReceivedSpan['attributes'] = [];
  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.paths.push(String(request.url));
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        resourceSpans: {
          resource: { attributes: ReceivedSpan['attributes'] };
          scopeSpans: { spans: ReceivedSpan[] }[];
        }[];
      };
      for (const { resource } of body.resourceSpans) this.resource = resource.attributes;
      for (const { scopeSpans } of body.resourceSpans) for (const { spans } of scopeSpans) this.spans.push(...spans);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let receiver: Receiver;
let endpoint: string;
beforeEach(async () => {
  receiver = new Receiver();
  endpoint = await receiver.open();
});
afterEach(() => receiver.close());

const lines: Record<string, unknown>[] = [];
const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
const trace = (app: FastifyInstance, to = endpoint) =>
  traceRequests(app, { endpoint: to, replica: 'pod-7', untraced: ['/health'], logger });

const serve = () => {
  const app = fastify();
  const routes = () => {
    app.get('/health', async () => ({}));
    app.get('/jobs/:id', async () => ({}));
    app.get('/broken', async (_request, reply) => reply.code(503).send({}));
  };
  return { app, routes };
};

describe('traced requests', () => {
  it('are spans by route, with status, in the trace that the caller names', async () => {
    const { app, routes } = serve();
    await trace(app, `${endpoint}/`);
    routes();
    await app.inject({ url: '/jobs/7', headers: { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` } });
    await app.inject('/broken');
    await app.close();
    expect(receiver.paths).toEqual(['/v1/traces']);
    const [first, second] = receiver.spans;
    expect(first).toMatchObject({
      name: 'GET /jobs/:id',
      kind: SERVER_KIND,
      traceId: TRACE_ID,
      parentSpanId: PARENT_ID,
      attributes: expect.arrayContaining([
        { key: 'http.route', value: { stringValue: '/jobs/:id' } },
        { key: 'http.response.status_code', value: { intValue: 200 } },
      ]),
    });
    expect(second).toMatchObject({ name: 'GET /broken', status: { code: ERROR_CODE } });
    expect(second?.traceId).not.toBe(TRACE_ID);
  });

  it.each(['', '00-xyz', `00-${'0'.repeat(32)}`])(
    'begin a trace of their own where %j is no parent',
    async (header) => {
      const { app, routes } = serve();
      await trace(app);
      routes();
      await app.inject({ url: '/jobs/7', headers: { traceparent: header } });
      await app.close();
      expect(receiver.spans).toHaveLength(1);
      expect(receiver.spans[0]?.parentSpanId ?? '').toBe('');
    },
  );

  it('are not made where the caller has decided against its trace', async () => {
    const { app, routes } = serve();
    await trace(app);
    routes();
    await app.inject({ url: '/jobs/7', headers: { traceparent: `00-${TRACE_ID}-${PARENT_ID}-00` } });
    await app.close();
    expect(receiver.spans).toEqual([]);
  });

  it('are not made of probes', async () => {
    const { app, routes } = serve();
    await trace(app);
    routes();
    await app.inject('/health');
    await app.inject('/jobs/7');
    await app.close();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['GET /jobs/:id']);
  });

  it.each([
    [{}, 'smart-retry', undefined],
    [{ OTEL_SERVICE_NAME: 'retry-eu' }, 'retry-eu', undefined],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=retry-us,k8s.cluster.name=c1' }, 'retry-us', 'c1'],
  ])('say which process answered, and with %j what that says of it', async (env, service, cluster) => {
    Object.assign(process.env, env);
    const { app, routes } = serve();
    await trace(app);
    for (const name of Object.keys(env)) delete process.env[name];
    routes();
    await app.inject('/jobs/7');
    await app.close();
    const said = Object.fromEntries(receiver.resource.map(({ key, value }) => [key, value['stringValue']]));
    expect([said['service.name'], said['service.instance.id']]).toEqual([service, 'pod-7']);
    expect(said['k8s.cluster.name']).toBe(cluster);
  });

  it('are answered although nobody collects, and that is logged once', async () => {
    receiver.close();
    const { app, routes } = serve();
    await trace(app);
    routes();
    // More than one batch.
    for (let i = 0; i < 600; i++) expect((await app.inject('/jobs/7')).statusCode).toBe(200);
    await app.close();
    expect(lines).toEqual([expect.objectContaining({ level: 40, msg: expect.stringMatching(/collector/) })]);
  });
});

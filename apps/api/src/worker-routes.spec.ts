import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { createSmartRetry } from '@smart-retry/engine';
import { openMemory } from '@smart-retry/storage/memory';
import { pino } from 'pino';
import { createFailureAnswer } from './http/answer-failure.js';
import { createHttpServer } from './http/create-http-server.js';
import { ApiMetrics } from './ops/api-metrics.js';
import { serveWorkers } from './worker-routes.js';

it('serves paths only: what the router takes for one is no route', async () => {
  const engine = createSmartRetry({ stores: openMemory({ maxRecords: 10 }) });
  const server = createHttpServer();
  await serveWorkers(server, {
    basePath: '/api',
    services: { ...engine, metrics: new ApiMetrics(), clock: Date.now },
    answerFailure: createFailureAnswer(pino({ level: 'silent' }), () => undefined),
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const statusOf = async (target: string) => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const body = '{"job_type":"email_send","error_class":"timeout","attempt_number":1}';
    const headers = `Host: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    socket.write(`POST ${target} HTTP/1.1\r\n${headers}\r\n\r\n${body}`);
    return (await text(socket)).split(' ', 2)[1];
  };
  expect(await statusOf('/api/recommendation')).toBe('200');
  expect(await statusOf('*api/recommendation')).toBe('404');
  await server.close();
});

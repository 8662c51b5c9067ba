import { once } from 'node:events';
import { Agent, request as ask, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createFailureAnswer } from './answer-failure.js';
import { BODY_LIMIT } from './body-limits.js';
import { createHttpServer } from './create-http-server.js';

const MIB = 1024 * 1024;

describe('a body that is too large', () => {
  let server: FastifyInstance;
  let port: number;

  beforeAll(async () => {
    server = createHttpServer();
    server.setErrorHandler(createFailureAnswer(pino({ level: 'silent' }), () => undefined));
    server.post('/', () => 'taken');
    await server.listen({ host: '127.0.0.1', port: 0 });
    ({ port } = server.server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  const post = (body: string | ReadableStream) =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      ...(typeof body !== 'string' && { duplex: 'half' }),
    });

  it('is answered with 413 while its sender is still writing', async () => {
    const body = JSON.stringify('x'.repeat(8 * MIB));
    for (let i = 0; i < 10; i++) expect((await post(body)).status).toBe(413);
  });

  it('is answered so when its length was not told beforehand, too', async () => {
    const chunks = [...Array<Uint8Array>(8).fill(new Uint8Array(MIB))];
    expect((await post(ReadableStream.from(chunks))).status).toBe(413);
  });

  it('leaves the connection to the next request where it ends', async () => {
    const text = JSON.stringify('x'.repeat(BODY_LIMIT));
    const connections = new Set<unknown>();
    server.server.on('connection', (socket) => connections.add(socket));
    // One socket, which each request waits for until the body before has ended.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 3; i++) {
      const asked = ask({ port, agent, method: 'POST', headers: { 'content-type': 'application/json' } }).end(text);
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      await once(asked, 'close');
    }
    agent.destroy();
    expect(connections.size).toBe(1);
  });

  it('is cut off where it never ends', async () => {
    const endless = ask({ port, method: 'POST', headers: { 'content-type': 'application/json' } });
    const status = once(endless, 'response').then(([response]) => (response as { statusCode: number }).statusCode);
    const broken = new Promise<void>((resolve) => {
      endless.on('error', () => undefined).on('close', resolve);
    });
    let sent = 0;
    const chunk = Buffer.alloc(MIB);
    const writeOn = () => {
      sent += chunk.length;
      if (!endless.destroyed) endless.write(chunk, () => setImmediate(writeOn));
    };
    writeOn();
    expect(await status).toBe(413);
    await broken;
    expect(sent).toBeLessThan(128 * MIB);
  });
});

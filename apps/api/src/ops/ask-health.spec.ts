import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askHealth, healthUrlOf } from './ask-health.js';

describe('the address of a health check', () => {
  it.each([
    ['127.0.0.1', '/api/v1/retry', 'http://127.0.0.1:81/api/v1/retry/health'],
    ['0.0.0.0', '/', 'http://127.0.0.1:81/health'],
    ['10.1.2.3', '/retry', 'http://10.1.2.3:81/retry/health'],
    ['::', '/retry', 'http://[::1]:81/retry/health'],
    ['fd00::7', '/retry', 'http://[fd00::7]:81/retry/health'],
    ['localhost', '/retry', 'http://localhost:81/retry/health'],
  ])('of a server on %s under %s is %s', (host, path, url) => {
    expect(healthUrlOf({ host, port: 81, path })).toBe(url);
  });
});

describe('a health check', () => {
  const server = createServer(({ url }, response) => void response.writeHead(url === '/own/health' ? 200 : 404).end());
  let folder: string;
  let port: number;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'smart-retry-health-'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  const fileWith = async (content: object) => {
    const path = join(folder, `${Object.keys(content).join('-')}.json`);
    await writeFile(path, JSON.stringify(content));
    return path;
  };

  it('asks at the port and under the path of the configuration file, over which the environment wins', async () => {
    const file = await fileWith({ api: { port, path: '/own' } });
    expect(await askHealth({ RETRY_CONFIG: file })).toBe(true);
    expect(await askHealth({ RETRY_CONFIG: file, RETRY_PORT: '1' })).toBe(false);
    expect(await askHealth({ RETRY_PORT: String(port) })).toBe(false);
  });

  it('fails where no server could have started', async () => {
    const file = await fileWith({ api: { port, path: '/own' }, no_setting: 1 });
    expect(await askHealth({ RETRY_CONFIG: file })).toBe(false);
    expect(await askHealth({ RETRY_CONFIG: join(folder, 'missing.json') })).toBe(false);
  });
});

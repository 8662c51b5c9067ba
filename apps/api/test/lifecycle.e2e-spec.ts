import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createClient } from './support/client.js';
import { startApi, startApiInVain } from './support/start-api.js';

const JOB = { job_type: 'email_send', error_class: 'timeout', attempt_number: 1 };

/** Errors; a machine that is busy with other tests may make a store look away for a moment. */
const alarming = (logs: readonly Readonly<Record<string, unknown>>[]) =>
  logs.filter(({ level }) => Number(level) >= 50);

describe('start', () => {
  it('is refused on an address that is not loopback without a key, saying why', async () => {
    const { exitCode, logs } = await startApiInVain({ env: { RETRY_HOST: '0.0.0.0' } });
    expect(exitCode).toBe(1);
    const fatal = logs.filter(({ level }) => level === 60);
    expect(fatal).toEqual([expect.objectContaining({ setting: 'RETRY_ADMIN_KEY' })]);
    expect(alarming(logs)).toEqual(fatal);
  });

  it('is refused where another process listens, in one line, and nothing alarms where one just ends', async () => {
    const api = await startApi();
    const { exitCode, logs } = await startApiInVain({ env: { RETRY_PORT: new URL(api.baseUrl).port } });
    expect(exitCode).toBe(1);
    expect(alarming(logs)).toEqual([
      expect.objectContaining({ level: 60, setting: 'RETRY_PORT', msg: expect.stringContaining('another process') }),
    ]);
    const before = api.logs.length;
    expect(await api.stop()).toBe(0);
    expect(api.logs.slice(before).map(({ msg }) => msg)).toEqual(['draining', 'stopped']);
  });

  it('is refused with every problem at once', async () => {
    const { exitCode, logs } = await startApiInVain({ env: { RETRY_PORT: 'x', RETRY_SAMPLE_RATE: '7' } });
    expect(exitCode).toBe(1);
    expect(new Set(logs.map((line) => line['setting']))).toEqual(new Set(['RETRY_PORT', 'RETRY_SAMPLE_RATE']));
    expect(logs).toHaveLength(2);
  });

  it('serves the base path that the file gives', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'smart-retry-path-'));
    await writeFile(join(folder, 'config.json'), JSON.stringify({ api: { path: '/retry' } }));
    const api = await startApi({ env: { RETRY_CONFIG: join(folder, 'config.json') } });
    expect(new URL(api.baseUrl).pathname).toBe('/retry');
    expect((await createClient(api.baseUrl).post('/recommendation', JOB)).status).toBe(200);
    await api.stop();
    await rm(folder, { recursive: true });
  });
});

describe('with a key', () => {
  it('asks for it everywhere but at the probes, and names the writer by it', async () => {
    const key = 'a-key-for-tests';
    const api = await startApi({ env: { RETRY_ADMIN_KEY: key } });
    try {
      const client = createClient(api.baseUrl);
      const refused = await client.post('/recommendation', JOB);
      expect(refused).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      const wrong = { headers: { authorization: `Bearer ${key}x` } };
      expect((await client.get('/policies', wrong)).status).toBe(401);
      expect((await client.get('/metrics')).status).toBe(401);
      expect((await client.get('/nowhere')).status).toBe(401);
      expect((await client.get('/health')).status).toBe(200);
      expect((await client.get('/health/ready')).status).toBe(200);
      expect((await client.post('/recommendation', JOB, { headers: { 'x-api-key': key } })).status).toBe(200);
      const bearer = { headers: { authorization: `Bearer ${key}` } };
      expect((await client.put('/guardrails', { max_attempts: 4 }, bearer)).body).toMatchObject({
        updated_by: 'admin_key',
      });
    } finally {
      await api.stop();
    }
  });
});

describe('SIGTERM', () => {
  it('turns readiness off, still answers open connections, and ends with 0', async () => {
    const api = await startApi({ env: { RETRY_DRAIN_DELAY: '500ms' } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        get(`${api.baseUrl}${path}`, { agent }, (answer) => {
          answer.resume().on('end', () => resolve(answer));
        }).on('error', reject);
      });
    expect((await ask('/policies')).headers.connection).toBe('keep-alive');
    const stopped = api.stop('SIGTERM');
    // How soon a signal is heard is up to the machine; an API that is gone refuses the question.
    while ((await ask('/health/ready')).statusCode === 200) await sleep(10);
    expect((await ask('/health/ready')).statusCode).toBe(503);
    expect((await ask('/policies')).statusCode).toBe(200);
    expect(await stopped).toBe(0);
    agent.destroy();
  });

  it('loses no request of clients that keep asking', async () => {
    const api = await startApi();
    const client = createClient(api.baseUrl);
    const failures: unknown[] = [];
    let answered = 0;
    let isOver = false;
    const worker = async () => {
      while (!isOver) {
        try {
          const { status } = await client.post('/recommendation', JOB);
          if (status !== 200) failures.push(status);
          answered += 1;
        } catch (error) {
          // Once nobody listens, a new connection is refused: nothing was accepted, so nothing was lost.
          if (codeOf(error) !== 'ECONNREFUSED') failures.push(codeOf(error));
          return;
        }
      }
    };
    const workers = Array.from({ length: 8 }, worker);
    await sleep(300);
    expect(await api.stop('SIGTERM')).toBe(0);
    isOver = true;
    await Promise.all(workers);
    expect(answered).toBeGreaterThan(8);
    expect(failures).toEqual([]);
  });

  it('keeps decisions that were not yet written', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'smart-retry-audit-'));
    const first = await startApi({ dataDir });
    const { body } = await createClient(first.baseUrl).post('/recommendation', JOB);
    expect(await first.stop()).toBe(0);
    const second = await startApi({ dataDir });
    const found = await createClient(second.baseUrl).get(`/decisions/${String(body['recommendation_id'])}`);
    expect(found.status).toBe(200);
    await second.stop();
    await rm(dataDir, { recursive: true });
  });

  it('sent once more after a moment ends at once', async () => {
    const api = await startApi({ env: { RETRY_DRAIN_DELAY: '20s' } });
    const stopped = api.stop('SIGTERM');
    await sleep(1_000);
    process.kill(api.pid, 'SIGTERM');
    expect(await stopped).toBe(1);
  });

  it('twice in one moment, as Ctrl-C under npm is, still drains', async () => {
    const api = await startApi();
    const stopped = api.stop('SIGINT');
    process.kill(api.pid, 'SIGINT');
    expect(await stopped).toBe(0);
  });
});

function codeOf(error: unknown): string {
  const cause: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'cause') : undefined;
  return typeof cause === 'object' && cause !== null ? String(Reflect.get(cause, 'code')) : String(error);
}

import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { findServerPid, isRunning } from './support/embedded-server.js';
import { postHead, RawConnection } from './support/raw-connection.js';
import { resend, type Report } from './support/recording.js';
import { untilPasses } from './support/until-passes.js';

const TIMEOUT_MS = 120_000;
const CLIENTS = 16;
const UNTIL_SIGNAL_REQUESTS = 400;
const HALF_SENT = {
  job_id: 'half-sent',
  job_type: 'drained',
  attempt_number: 2,
  success: true,
  error_class: 'timeout',
};

let dataDir: string;
let api: RunningApi;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'smart-retry-drain-'));
  api = await startApi({ dataDir, env: { RETRY_DRAIN_DELAY: '1s' } });
}, TIMEOUT_MS);

afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function untilNotReady(): Promise<void> {
  const client = createClient(api.baseUrl);
  await untilPasses(async () => expect((await client.get('/health/ready?stores=optional')).status).toBe(503));
}

async function untilNobodyListens(): Promise<void> {
  await untilPasses(async () => {
    const connection = await RawConnection.open(api.baseUrl).catch(() => null);
    connection?.abort();
    expect(connection).toBeNull();
  });
}

/** A request whose body is on its way when the process is told to end. */
async function sendHalf(): Promise<{ connection: RawConnection; rest: string }> {
  const body = JSON.stringify(HALF_SENT);
  const connection = await RawConnection.open(api.baseUrl);
  connection.write(postHead(api.baseUrl, '/attempt', body.length) + body.slice(0, 10));
  // Answered after the head of the other has arrived.
  await createClient(api.baseUrl).get('/health');
  return { connection, rest: body.slice(10) };
}

describe('SIGTERM', () => {
  it(
    'under load fails no request, and loses no attempt and no decision',
    async () => {
      const serverPid = await findServerPid(dataDir);
      const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
      const acknowledged: Report[] = [];
      const advised: string[] = [];
      const failures: unknown[] = [];
      let isSending = true;
      let afterSignal = 0;
      let isSignalled = false;
      const run = async (i: number) => {
        for (let sent = 0; isSending; sent++) {
          const report = { ...HALF_SENT, job_id: `${i}-${sent}` };
          const attempt = await post(agent, '/attempt', report).catch((error: unknown) => ({ error }));
          const job = { job_type: 'drained', error_class: 'timeout', attempt_number: 1 };
          const advice = await post(agent, '/recommendation', job).catch((error: unknown) => ({ error }));
          if ('status' in attempt && attempt.status === 200) acknowledged.push(report);
          else failures.push(attempt);
          if ('status' in advice && advice.status === 200) advised.push(String(advice.body['recommendation_id']));
          else failures.push(advice);
          if (isSignalled) afterSignal += 2;
        }
      };
      const clients = Array.from({ length: CLIENTS }, (_, i) => run(i));
      await untilPasses(async () => expect(acknowledged.length).toBeGreaterThan(UNTIL_SIGNAL_REQUESTS));
      isSignalled = true;
      const stopped = api.stop('SIGTERM');
      // What a balancer does: it looks elsewhere as soon as readiness is off.
      await untilNotReady();
      await sleep(200);
      isSending = false;
      await Promise.all(clients);
      agent.destroy();
      expect(failures).toEqual([]);
      expect(afterSignal).toBeGreaterThan(CLIENTS);
      expect(await stopped).toBe(0);
      expect(api.logs.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['draining', 'stopped']));
      expect(serverPid !== null && isRunning(serverPid)).toBe(false);
      expect(await findServerPid(dataDir)).toBeNull();

      api = await startApi({ dataDir });
      const client = createClient(api.baseUrl);
      expect((await resend(client, acknowledged)).filter((isDuplicate) => !isDuplicate)).toEqual([]);
      expect(await listDecisions()).toEqual(new Set(advised));
      expect(await api.stop()).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'waits for the rest of a request that is on its way, and answers it after the port is closed',
    async () => {
      const { connection, rest } = await sendHalf();
      const stopped = api.stop('SIGTERM');
      await untilNotReady();
      await untilNobodyListens();
      connection.write(rest);
      expect(await connection.untilClosed()).toMatch(
        /^HTTP\/1\.1 200 OK\r\n[^]*\{"status":"recorded","duplicate":false\}$/,
      );
      expect(await stopped).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'ends in order past connections on which nothing is asked, and requests that never arrive in full',
    async () => {
      const idle = await Promise.all(Array.from({ length: 20 }, () => RawConnection.open(api.baseUrl)));
      const kept = new Agent({ keepAlive: true });
      await post(kept, '/attempt', HALF_SENT);
      await sendHalf();
      expect(await api.stop('SIGTERM')).toBe(0);
      kept.destroy();
      expect(await Promise.all(idle.map((connection) => connection.untilClosed()))).toEqual(idle.map(() => ''));
    },
    TIMEOUT_MS,
  );

  it(
    'a second time ends at once, whatever is on its way',
    async () => {
      const { connection } = await sendHalf();
      const first = api.stop('SIGTERM');
      await untilNobodyListens();
      expect(isRunning(api.pid)).toBe(true);
      expect(await Promise.all([api.stop('SIGTERM'), first])).toEqual([1, 1]);
      expect(await connection.untilClosed()).toBe('');
      await untilPasses(async () => expect(await findServerPid(dataDir)).toBeNull());
    },
    TIMEOUT_MS,
  );
});

interface Posted {
  readonly status: number | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Through an agent of Node's: unlike fetch, it repeats nothing. */
function post(agent: Agent, path: string, body: unknown): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${api.baseUrl}${path}`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) as Posted['body'] }));
      response.on('error', reject);
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

async function listDecisions(): Promise<Set<string>> {
  const client = createClient(api.baseUrl);
  const ids = new Set<string>();
  for (let cursor = ''; ;) {
    const { body } = await client.get(`/decisions?job_type=drained&limit=200${cursor}`);
    const decisions = body['decisions'] as readonly { readonly recommendation_id: string }[];
    for (const decision of decisions) ids.add(decision.recommendation_id);
    if (typeof body['next_cursor'] !== 'string') return ids;
    cursor = `&cursor=${encodeURIComponent(body['next_cursor'])}`;
  }
}

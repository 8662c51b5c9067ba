import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { postHead, RawConnection } from './support/raw-connection.js';
import { untilPasses } from './support/until-passes.js';

const TIMEOUT_MS = 60_000;
const HOSTILE = 200;
const UNREADING = 20;
const UNREAD_ANSWERS = 100;
const HONEST_ROUNDS = 10;
/** Descriptors that a server may hold more than before: keep-alive connections of the honest client, of the pool. */
const SPARE_DESCRIPTORS = 40;
const JOB = { job_type: 'honest', error_class: 'timeout', attempt_number: 1 };
const BODY = JSON.stringify(JOB);

describe('an honest client is answered', () => {
  let api: RunningApi;
  let client: Client;
  let honestReports = 0;
  let descriptorsBefore: number;

  beforeAll(async () => {
    api = await startApi();
    client = createClient(api.baseUrl);
    await askHonestly();
    descriptorsBefore = await countDescriptors();
  }, TIMEOUT_MS);

  afterAll(async () => {
    expect(await api.stop()).toBe(0);
  }, TIMEOUT_MS);

  const countDescriptors = async () => (await readdir(`/proc/${api.pid}/fd`)).length;
  const askHonestly = async () => {
    for (let round = 0; round < HONEST_ROUNDS; round++) {
      const report = { job_id: `honest-${honestReports++}`, job_type: 'honest', attempt_number: 2, success: true };
      expect(await client.post('/attempt', report)).toMatchObject({ status: 200, body: { duplicate: false } });
      expect(await client.post('/recommendation', JOB)).toMatchObject({ status: 200, body: { should_retry: true } });
    }
  };
  const openMany = () => Promise.all(Array.from({ length: HOSTILE }, () => RawConnection.open(api.baseUrl)));
  const expectReleased = () =>
    untilPasses(async () => expect(await countDescriptors()).toBeLessThan(descriptorsBefore + SPARE_DESCRIPTORS));

  const attacks: readonly (readonly [string, string, string])[] = [
    ['say nothing', '', ''],
    ['send a head byte by byte', 'POST /api/v1/retry/recommendation HTTP/1.1\r\nhost: 127', '.0.0'],
    ['send a body byte by byte', 'body', BODY.slice(0, 9)],
  ];

  it.each(attacks)(
    'while 200 connections %s, and nothing of them is left when they break off',
    async (_name, first, next) => {
      const connections = await openMany();
      const head = first === 'body' ? postHead(api.baseUrl, '/recommendation', BODY.length) : first;
      for (const connection of connections) connection.write(head);
      await untilPasses(async () =>
        expect(await countDescriptors()).toBeGreaterThanOrEqual(descriptorsBefore + HOSTILE),
      );
      for (const byte of next) {
        for (const connection of connections) connection.write(byte);
        await client.get('/health');
      }
      await askHonestly();
      expect(connections.map(({ received }) => received)).toEqual(connections.map(() => ''));
      for (const connection of connections) connection.abort();
      await expectReleased();
      await askHonestly();
    },
    TIMEOUT_MS,
  );

  it(
    'while 200 clients break off in the middle of their bodies, whose halves are not recorded',
    async () => {
      const report = JSON.stringify({ job_id: 'half', job_type: 'half', attempt_number: 2, success: true });
      const connections = await openMany();
      const honest = askHonestly();
      for (const connection of connections) {
        connection.write(postHead(api.baseUrl, '/attempt', report.length + 1) + report);
      }
      await honest;
      for (const connection of connections) connection.abort();
      await expectReleased();
      expect(await client.get('/stats?job_type=half')).toMatchObject({ body: { total_attempts: 0 } });
    },
    TIMEOUT_MS,
  );

  it(
    'while 200 clients do not wait for the answers they asked for',
    async () => {
      const connections = await openMany();
      const question = postHead(api.baseUrl, '/recommendation', BODY.length) + BODY;
      for (const connection of connections) connection.write(question.repeat(2));
      for (const connection of connections) connection.abort();
      await askHonestly();
      await expectReleased();
    },
    TIMEOUT_MS,
  );

  it(
    'while 20 clients read no answer of the hundred that each asks for',
    async () => {
      const connections = await Promise.all(Array.from({ length: UNREADING }, () => RawConnection.open(api.baseUrl)));
      const question = postHead(api.baseUrl, '/recommendation', BODY.length) + BODY;
      for (const connection of connections) connection.ignoreAnswers();
      for (const connection of connections) connection.write(question.repeat(UNREAD_ANSWERS));
      await askHonestly();
      for (const connection of connections) connection.abort();
    },
    TIMEOUT_MS,
  );

  it('and nothing of all this was a failure of the server', async () => {
    const { text } = await client.get('/metrics');
    expect(text).not.toContain('status="5xx"');
    const failures = api.logs.filter(({ level }) => Number(level) >= 50);
    expect(failures).toEqual([]);
  });
});

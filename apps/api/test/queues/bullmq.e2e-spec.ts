import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Queue, type Job, type Processor, type Worker } from 'bullmq';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const PAGE = fileURLToPath(new URL('../../../../docs/queues.md', import.meta.url));
const OPTIONS = { attempts: 100, backoff: { type: 'smart-retry' } };

interface Program {
  readonly createWorker: (queueName: string, processor: Processor) => Worker;
}

/** Fails as often as its data say, with the name that they give. */
function fail({ data, attemptsMade }: Job<{ failures: number; name: string }>): Promise<void> {
  if (attemptsMade >= data.failures) return Promise.resolve();
  return Promise.reject(Object.assign(new Error(`failure ${attemptsMade + 1}`), { name: data.name }));
}

let api: RunningApi;
let client: Client;
let queue: Queue;
let worker: Worker;
const program = join(dirname(fileURLToPath(import.meta.url)), `queues-program-${process.pid}.mjs`);

beforeAll(async () => {
  const address = process.env['TEST_REDIS_ADDR'] ?? '';
  api = await startApi();
  client = createClient(api.baseUrl);
  await client.post('/policies', {
    name: 'soon',
    priority: 95,
    error_patterns: ['Throttled'],
    max_attempts: 5,
    base_delay_ms: 50,
    max_delay_ms: 200,
  });
  process.env['SMART_RETRY_URL'] = api.baseUrl;
  process.env['REDIS_URL'] = `redis://${address}`;
  const [, text = ''] = /```js\n(.*?)```/s.exec(await readFile(PAGE, 'utf8')) ?? [];
  await writeFile(program, text);
  const { createWorker } = (await import(pathToFileURL(program).href)) as Program;
  const [host = '', port] = address.split(':');
  const name = `emails-${process.pid}`;
  queue = new Queue(name, { connection: { host, port: Number(port) } });
  worker = createWorker(name, fail);
});

afterAll(async () => {
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  await rm(program, { force: true });
  await api.stop();
});

/** Resolves when a job that a worker has run has ended for good, with the attempts that it took. */
async function untilEnded(job: Job): Promise<{ state: string; attempts: number }> {
  for (;;) {
    const state = await job.getState();
    if (state === 'completed' || state === 'failed') {
      const ended = await queue.getJob(job.id ?? '');
      return { state, attempts: ended?.attemptsMade ?? 0 };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('a BullMQ worker waits as it is told until its job succeeds, and its retries are counted', async () => {
  const job = await queue.add('email_send', { failures: 3, name: 'Throttled' }, OPTIONS);
  expect(await untilEnded(job)).toEqual({ state: 'completed', attempts: 4 });
  const path = '/stats?job_type=email_send&error_class=Throttled&window=1h';
  let statistics = await client.get(path);
  // Reports are sent after the queue was told.
  while (statistics.body['total_attempts'] !== 3) statistics = await client.get(path);
  expect(statistics.body).toMatchObject({ successful_retries: 1, failed_retries: 2 });
});

it('it gives up where the policy does, not where the queue would', async () => {
  const job = await queue.add('email_send', { failures: 100, name: 'Throttled' }, OPTIONS);
  expect(await untilEnded(job)).toEqual({ state: 'failed', attempts: 5 });
});

it('it runs a job with a validation error once', async () => {
  const job = await queue.add('email_send', { failures: 100, name: 'validation' }, OPTIONS);
  expect(await untilEnded(job)).toEqual({ state: 'failed', attempts: 1 });
});

it('it backs off by itself while nobody answers', async () => {
  await client.put('/guardrails', { emergency_stop: true });
  const stopped = await queue.add('email_send', { failures: 1, name: 'Throttled' }, OPTIONS);
  expect(await untilEnded(stopped)).toEqual({ state: 'failed', attempts: 1 });
  await api.kill9();
  const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const job = await queue.add('email_send', { failures: 1, name: 'Throttled' }, OPTIONS);
  expect(await untilEnded(job)).toEqual({ state: 'completed', attempts: 2 });
  expect(said).toHaveBeenCalledWith('not reported: fetch failed');
});

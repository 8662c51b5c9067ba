import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const RUN = new URL('../../../../tools/import/run.mjs', import.meta.url).href;

let api: RunningApi;
let client: Client;
let folder: string;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-import-'));
});

afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true });
});

/** The command, without the installation that it would start with. */
const runImport = async (file: string) => {
  const script = `const { runImport } = await import(${JSON.stringify(RUN)}); process.exitCode = await runImport(process.argv.slice(1));`;
  const args = ['--input-type=module', '--eval', script, file, '--url', api.baseUrl];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const printed = await text(child.stdout);
  await closed;
  return { printed: printed.trimEnd().split('\n'), exitCode: child.exitCode };
};

/** Jobs that time out, wait 20 s and succeed. */
const history = (jobs: number) =>
  Array.from({ length: jobs }, (_, i) => ({ job_id: `imported-${i}`, job_type: 'imported' })).flatMap((job) => [
    { ...job, attempt_number: 1, success: false, error_class: 'timeout' },
    { ...job, attempt_number: 2, success: true, delay_ms: 20_000, propensity: 0.5 },
  ]);

describe('npm run import', () => {
  it('records a history once, each retry under the class of the failure that it followed', async () => {
    const file = join(folder, 'attempts.ndjson');
    const lines = history(30).map((attempt) => JSON.stringify(attempt));
    await writeFile(file, [...lines, '{"job_id":"bad"}', 'nonsense', ''].join('\n'));
    const refusals = ['line 61: job_type is required', 'line 62: is not JSON'];
    expect(await runImport(file)).toEqual({
      printed: ['60 recorded, 0 duplicates, 2 refused', ...refusals],
      exitCode: 1,
    });
    expect((await client.get('/stats?job_type=imported&error_class=timeout')).body).toMatchObject({
      successful_retries: 30,
      failed_retries: 0,
      avg_delay_ms: 20_000,
    });
    await writeFile(file, lines.join('\n'));
    expect(await runImport(file)).toEqual({ printed: ['0 recorded, 60 duplicates, 0 refused'], exitCode: 0 });
  });
});

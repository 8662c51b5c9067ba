import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from './support/client.js';
import { startApi, type RunningApi } from './support/start-api.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The fenced blocks of one language below a heading of the README. */
async function readBlocks(heading: string, language: string): Promise<string[]> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const section = readme.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
}

describe('the walk through of the README', () => {
  let api: RunningApi;

  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());

  it('answers what it shows, command by command', async () => {
    const commands = await readBlocks('A walk through', 'sh');
    const shown = (await readBlocks('A walk through', 'json')).map(
      (text) => JSON.parse(text) as Record<string, unknown>,
    );
    const answers: string[] = [];
    for (const command of commands) {
      const script = command.replaceAll('localhost:8080/api/v1/retry', api.baseUrl);
      answers.push((await run('bash', ['-e', '-c', script])).stdout);
    }
    const [recommendation, attempt, statistics] = answers
      .slice(0, 3)
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    const { delay_ms: _drawn, rationale: shownRationale, '…': _more, ...stable } = shown[0] ?? {};
    expect(recommendation).toMatchObject(stable);
    const withoutDelay = (text: unknown) => String(text).replace(/^Retry in [\d.]+ s/, '');
    expect(withoutDelay(recommendation?.['rationale'])).toBe(withoutDelay(shownRationale));
    expect(attempt).toEqual({ status: 'recorded', duplicate: false });
    const { '…': _rest, ...counts } = shown[1] ?? {};
    expect(statistics).toMatchObject(counts);
    expect(answers[3]).toMatch(/"emergency_stop":true.*"emergency_stop":false/s);
  });

  it('has taught what the README then asks for', async () => {
    const [command = ''] = await readBlocks('It learns', 'sh');
    const ask = async () => {
      const { stdout } = await run('bash', ['-c', command.replaceAll('localhost:8080/api/v1/retry', api.baseUrl)]);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    expect(await ask()).toMatchObject({ code: 'POSTERIOR_NOT_FOUND', counts: { samples: 1, required_samples: 10 } });
    const attempts = Array.from({ length: 9 }, (_, i) => ({
      job_id: `more_${i}`,
      job_type: 'email_send',
      error_class: 'rate_limit',
      attempt_number: 2,
      success: true,
      delay_ms: 5_000,
    }));
    await createClient(api.baseUrl).post('/attempt/batch', { attempts });
    expect(await ask()).toMatchObject({ samples: 10, buckets: expect.any(Array) });
  });
});

describe('the program of the README', () => {
  it('runs in one process and loads no framework, driver or Tensor library', async () => {
    const [program = ''] = await readBlocks('In your own process', 'js');
    const coverage = await mkdtemp(join(tmpdir(), 'smart-retry-readme-'));
    const file = join(dirname(fileURLToPath(import.meta.url)), `readme-program-${process.pid}.mjs`);
    try {
      await writeFile(file, program);
      const { stdout } = await run(process.execPath, [file], {
        env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: coverage },
      });
      expect(stdout).toMatch(/^Retry in .* policy "service_unavailable".*\na retry after timeout was recorded\n$/);
      const loaded = await listLoadedPackages(coverage);
      expect(loaded).toContain('lru-cache');
      expect(loaded.filter((name) => /^(@nestjs\/|@tensorflow\/|pg$|ioredis$|typeorm$|fastify$)/.test(name))).toEqual(
        [],
      );
    } finally {
      await rm(file, { force: true });
      await rm(coverage, { recursive: true, force: true });
    }
  });
});

/** V8 writes a record of every script that a process has loaded. */
async function listLoadedPackages(coverage: string): Promise<string[]> {
  const names = new Set<string>();
  for (const file of await readdir(coverage)) {
    const { result } = JSON.parse(await readFile(join(coverage, file), 'utf8')) as { result: { url: string }[] };
    for (const { url } of result) {
      const [, ...inPackages] = url.split('/node_modules/');
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(inPackages.at(-1) ?? '')?.[0];
      if (name !== undefined) names.add(name);
    }
  }
  return [...names];
}

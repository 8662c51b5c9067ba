import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseArguments } from './arguments.mjs';
import { runTraining } from './run.mjs';

const CLI = join(import.meta.dirname, '..', 'train.mjs');
const RETRIES = 400;
const T0 = Date.UTC(2026, 1, 3);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-train-'));
  const at = (i: number, ms: number) => new Date(T0 + i * 600_000 + ms).toISOString();
  const lines = Array.from({ length: RETRIES }, (_, i) => {
    const delay_ms = [1_000, 4_000, 12_000, 25_000][i % 4] ?? 0;
    const job = { job_id: `job-${i}`, job_type: 'email_send' };
    const failure = { ...job, attempt_number: 1, success: false, error_class: 'timeout', timestamp: at(i, 0) };
    const success = (i * 7_919) % 100 < 20 + delay_ms / 400;
    const retry = { ...job, attempt_number: 2, success, delay_ms, timestamp: at(i, delay_ms) };
    return `${JSON.stringify(failure)}\n${JSON.stringify(retry)}\n`;
  });
  await writeFile(join(folder, 'attempts.ndjson'), `${lines.join('')}{"job_id":"half"}\n`);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const train = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, stdout, stderr };
};

describe('npm run train', () => {
  it('writes the artifact of a model, the same for the same file, and says how good it is and what it left out', async () => {
    const from = ['--model', 'logistic', '--from', 'attempts.ndjson', '--folds', '0', '--features', 'attempt_number'];
    const { status, stdout, stderr } = train(...from);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
    expect(stdout).toContain('800 attempts');
    expect(stdout).toMatch(/400 retries teach\./);
    expect(stdout).toMatch(/AUC 0\.[6-9]\d\d/);
    expect(stdout).toMatch(/Matters most: delay_ms \d+ %/);
    expect(stdout).toContain('line 801: job_type');
    const bytes = await readFile(join(folder, 'logistic.model'));
    expect(stdout).toContain(`logistic.model: sha-256 ${sha256(bytes)}`);
    expect(train(...from, '--out', 'again.model').status).toBe(0);
    expect(sha256(await readFile(join(folder, 'again.model')))).toBe(sha256(bytes));
  }, 120_000);

  it('refuses to learn from too little, with the counts, and writes nothing', async () => {
    const [file, out] = [join(folder, 'attempts.ndjson'), join(folder, 'none.model')];
    const said: string[] = [];
    const effects = { print: (line: string) => said.push(line), complain: (line: string) => said.push(line) };
    expect(await runTraining(['--model', 'gradient_boosting', '--from', file, '--out', out], effects)).toBe(1);
    expect(said).toEqual([expect.stringContaining('takes 2000 retries that teach, there are 400')]);
    await expect(readFile(out)).rejects.toThrow('ENOENT');
  });
});

describe('the arguments of npm run train', () => {
  it('take hyperparameters, of which a list is searched', () => {
    const { request, out } = parseArguments([
      '--model',
      'logistic',
      '--from',
      '-',
      '--set',
      'epochs=3',
      '--set',
      'a=1,2',
    ]);
    expect(request.hyperparameters).toEqual({ epochs: 3, a: [1, 2] });
    expect(out).toBe('logistic.model');
  });

  it.each([
    ['--model: name', ['--from', 'a']],
    ['--from: name', ['--model', 'logistic']],
    ['wanted name=1', ['--model', 'logistic', '--from', 'a', '--set', 'epochs=many']],
  ])('are refused: %s', (message, args) => {
    expect(() => parseArguments(args)).toThrow(message);
  });
});

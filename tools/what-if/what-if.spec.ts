import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProgressBar } from '../ndjson/progress-bar.mjs';
import { readLines } from '../ndjson/read-lines.mjs';
import { parseArguments } from './arguments.mjs';
import { writeReport } from './report.mjs';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-what-if-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the arguments of npm run what-if', () => {
  it('default to every policy that remembers nothing and the usual objective', () => {
    const { file, policies, objective, isJson } = parseArguments(['a.ndjson']);
    expect({ file, objective, isJson }).toEqual({
      file: 'a.ndjson',
      objective: { valueHalfLifeMs: 1_800_000, attemptCost: 0.03 },
      isJson: false,
    });
    expect(policies.map(({ name }) => name)).toEqual(expect.arrayContaining(['none', 'rules', 'sidekiq']));
  });

  it('take policies, an objective and --json', () => {
    const args = ['-', '--policies', 'rules,none', '--objective', 'value_half_life=00:05:00,attempt_cost=0', '--json'];
    const { file, policies, ...rest } = parseArguments(args);
    expect(policies.map(({ name }) => name)).toEqual(['none', 'rules']);
    expect({ file, ...rest }).toEqual({
      file: '-',
      objective: { valueHalfLifeMs: 300_000, attemptCost: 0 },
      isJson: true,
    });
  });

  it.each<[string, readonly string[]]>([
    ['name one file', []],
    ['name one file', ['a', 'b']],
    ['no policy oracle; there are: none, rules', ['a', '--policies', 'oracle']],
    ['wanted value_half_life=30m', ['a', '--objective', 'patience=1']],
    ['attempt_cost must be from 0 to 1', ['a', '--objective', 'attempt_cost=']],
    ['must be a duration', ['a', '--objective', 'value_half_life=soon']],
    ['value_half_life must be whole milliseconds', ['a', '--objective', 'value_half_life=0s']],
  ])('are refused: %s', (message, args) => {
    expect(() => parseArguments([...args])).toThrow(message);
  });
});

describe('readLines', () => {
  const linesOf = async (content: string) => {
    const file = join(folder, 'lines.ndjson');
    await writeFile(file, content);
    const lines: [number, string][] = [];
    for await (const { number, text } of readLines(file)) lines.push([number, text]);
    return lines;
  };

  it('numbers lines from 1, blank ones too, and leaves those out', async () => {
    expect(await linesOf('a\n\n  \nb')).toEqual([
      [1, 'a'],
      [4, 'b'],
    ]);
  });

  it('takes a byte order mark away, and ends lines at a line feed alone', async () => {
    expect(await linesOf('\ufeffa\u2028b\r\nc\n')).toEqual([
      [1, 'a\u2028b\r'],
      [2, 'c'],
    ]);
  });

  it('puts lines together that are longer than a piece of the file', async () => {
    const long = 'ä'.repeat(200_000);
    expect(await linesOf(`${long}\n${long}`)).toEqual([
      [1, long],
      [2, long],
    ]);
  });
});

describe('createProgressBar', () => {
  it('draws a bar on a terminal and wipes it at the end', () => {
    const written: string[] = [];
    const bar = createProgressBar('reading', { isTTY: true, write: (text: string) => written.push(text) });
    bar.show(0.5, 'line 7');
    bar.end();
    expect(written[0]).toContain(`[${'#'.repeat(15)}${' '.repeat(15)}]  50 % line 7`);
    expect(written[1]).toMatch(/^\r +\r$/);
  });

  it('says nothing into a pipe of what is over at once', () => {
    const written: string[] = [];
    const bar = createProgressBar('reading', { isTTY: false, write: (text: string) => written.push(text) });
    bar.show(0.5, 'line 7');
    bar.end();
    expect(written).toEqual([]);
  });
});

describe('writeReport', () => {
  const policy = {
    policy: 'celery',
    verdict: 'better',
    reason: 'it gains',
    utility: 0.8,
    interval: [0.75, 0.85],
    difference: 0.2,
    difference_interval: [0.1, 0.3],
    effective_sample_size: 1_234,
  };
  const answer = {
    history: {
      attempts: 5_000,
      jobs: 2_000,
      duplicates: 3,
      failures: 3_000,
      decisions: 2_990,
      refused: 1,
      excluded: { pending: 10, missing_attempt: 0 },
      from: '2026-01-12T00:00:14.272Z',
      to: '2026-01-12T02:09:00.000Z',
    },
    objective: { value_half_life: '30m', attempt_cost: 0.03 },
    propensities: { note: 'Each decision came with its propensity.' },
    logged: { utility: 0.6, interval: [0.59, 0.61] },
    policies: [{ ...policy, policy: 'sidekiq', verdict: 'cannot tell', reason: 'never tried' }, policy],
    refused_attempts: [{ line: 7, path: 'success', message: 'is required' }],
  };

  it('puts the better policy first, and no number where the file cannot tell', () => {
    const lines = writeReport('a.ndjson', answer).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'a.ndjson: 5,000 attempts of 2,000 jobs, 2026-01-12T00:00 to 2026-01-12T02:09 UTC',
        '3,000 failures; what became of 2,990 of them is known (not of: 10 so late that a retry could still come).',
        'line 7: success is required',
      ]),
    );
    const rows = lines.filter((line) => /^(as it was|celery|sidekiq)/.test(line)).map((line) => line.split(/ {2,}/));
    expect(rows).toEqual([
      ['as it was', '0.600 [0.590, 0.610]'],
      ['celery', 'better', '0.800 [0.750, 0.850]', '+0.200 [+0.100, +0.300]', '1,234', 'it gains'],
      ['sidekiq', 'cannot tell', '–', '–', '1,234', 'never tried'],
    ]);
  });
});

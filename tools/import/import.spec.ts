import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseArguments } from './arguments.mjs';
import { runImport } from './run.mjs';
import { readRetryAfterMs } from './send-batch.mjs';

interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

let folder: string;
let server: Server;
/** What the fake answers, given the attempts of a batch and how many batches came before. */
let answer: (attempts: readonly { readonly job_id: string }[], before: number) => FakeAnswer;
let batches: number;
let waits: number[];
let printed: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-import-'));
  batches = 0;
  waits = [];
  printed = [];
  answer = (attempts) => ({ body: { results: attempts.map(() => ({ status: 'recorded', duplicate: false })) } });
  server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { attempts } = JSON.parse(await text(request)) as { readonly attempts: readonly { readonly job_id: string }[] };
  const { status = 200, headers = {}, body } = answer(attempts, batches++);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function importLines(lines: readonly string[]): Promise<number> {
  const file = join(folder, 'attempts.ndjson');
  await writeFile(file, lines.join('\n'));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const print = (line: string) => printed.push(line);
  return runImport([file, '--url', `http://127.0.0.1:${port}`], {
    print,
    complain: print,
    wait: (ms: number) => Promise.resolve(void waits.push(ms)),
  });
}

const jobs = (count: number) => Array.from({ length: count }, (_, i) => JSON.stringify({ job_id: `job-${i}` }));

describe('npm run import', () => {
  it('sends every line once, in batches, and says what became of them', async () => {
    const seen: string[] = [];
    answer = (attempts) => {
      seen.push(...attempts.map(({ job_id: id }) => id));
      const results = attempts.map(({ job_id: id }) => ({ status: 'recorded', duplicate: id.endsWith('7') }));
      return { body: { results } };
    };
    expect(await importLines(jobs(5_000))).toBe(0);
    expect(batches).toBe(3);
    expect(seen.sort()).toEqual(Array.from({ length: 5_000 }, (_, i) => `job-${i}`).sort());
    expect(printed).toEqual(['4,500 recorded, 500 duplicates, 0 refused']);
  });

  it('sends one batch at a time, and no two attempts of a job together: the earlier ones first', async () => {
    const seen: (readonly string[])[] = [];
    let underWay = 0;
    const honest = answer;
    answer = (attempts, before) => {
      seen.push(attempts.map((attempt) => attempt.job_id));
      return honest(attempts, before);
    };
    server.on('request', (_request, response) => {
      expect(++underWay).toBe(1);
      response.on('finish', () => underWay--);
    });
    const line = (jobId: string, attemptNumber: number) =>
      JSON.stringify({ job_id: jobId, attempt_number: attemptNumber });
    await importLines([line('a', 3), line('a', 1), line('b', 1), line('a', 2), line('b', 2)]);
    expect(seen).toEqual([['a', 'b'], ['a', 'b'], ['a']]);
  });

  it('waits as long as a busy server asks, then sends the same again', async () => {
    const honest = answer;
    answer = (attempts, before) =>
      before === 0
        ? { status: 503, headers: { 'retry-after': '7' }, body: { details: 'busy' } }
        : before === 1
          ? { status: 429, body: { details: 'slower' } }
          : honest(attempts, before);
    expect(await importLines(jobs(3))).toBe(0);
    expect(waits).toEqual([7_000, 1_000]);
    expect(printed).toEqual(['3 recorded, 0 duplicates, 0 refused']);
  });

  it('names refused lines by number and field, those that are not JSON too', async () => {
    answer = (attempts) => ({
      body: {
        results: attempts.map(({ job_id: id }) =>
          id === 'job-1'
            ? { status: 'error', details: 'x', fields: [{ path: 'success', message: 'is required' }] }
            : { status: 'recorded', duplicate: false },
        ),
      },
    });
    const [first = '', second = ''] = jobs(2);
    expect(await importLines(['', first, '{"job_id"', '', second])).toBe(1);
    expect(printed).toEqual([
      '1 recorded, 0 duplicates, 2 refused',
      'line 3: is not JSON',
      'line 5: success is required',
    ]);
  });

  it('gives up at once where waiting is of no use', async () => {
    answer = () => ({ status: 401, body: { details: 'send the key' } });
    expect(await importLines(jobs(1))).toBe(1);
    expect(batches).toBe(1);
    expect(printed[0]).toMatch(/answered 401, send the key$/);
  });

  it('says how far it came', async () => {
    const honest = answer;
    answer = (attempts, before) =>
      before === 0 ? honest(attempts, before) : { status: 401, body: { details: 'no more' } };
    expect(await importLines(jobs(2_500))).toBe(1);
    expect(printed[0]).toMatch(
      /no more; 2,000 recorded, 0 duplicates, 0 refused until then, and it is safe to import the file again$/,
    );
  });

  it('gives up a server that stays away', async () => {
    answer = () => ({ status: 503, body: { details: 'away' } });
    expect(await importLines(jobs(1))).toBe(1);
    expect(waits).toHaveLength(9);
    expect(Math.max(...waits)).toBe(60_000);
  });

  it('says that a file is not there', async () => {
    const complaints: string[] = [];
    const complain = (line: string) => complaints.push(line);
    expect(await runImport([join(folder, 'none.ndjson')], { complain })).toBe(1);
    expect(complaints[0]).toMatch(/none\.ndjson cannot be read: there is no such file$/);
  });
});

describe('its arguments', () => {
  it('default to this machine and the usual path; a path of its own is kept', () => {
    expect(parseArguments(['a']).url).toBe('http://127.0.0.1:8080/api/v1/retry/attempt/batch');
    expect(parseArguments(['a', '--url', 'https://retry.test/r/']).url).toBe('https://retry.test/r/attempt/batch');
  });

  it('are refused with what is wanted', () => {
    expect(() => parseArguments([])).toThrow(/name one file/);
    expect(() => parseArguments(['a', '--url', 'here'])).toThrow(/wanted an address/);
  });
});

describe('readRetryAfterMs', () => {
  it('reads seconds and dates', () => {
    expect(readRetryAfterMs('3')).toBe(3_000);
    expect(readRetryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 1_000)).toBe(4_000);
    expect(readRetryAfterMs('soon')).toBeUndefined();
    expect(readRetryAfterMs(null)).toBeUndefined();
  });
});

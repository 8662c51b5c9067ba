import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const RUN = new URL('../../../../tools/what-if/run.mjs', import.meta.url).href;

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

const START_MS = Date.parse('2024-03-01T00:00:00Z');
const timestamp = (atMs: number) => new Date(START_MS + atMs).toISOString();

/** Jobs that time out. Of three, one is given up, one is tried again at once, in vain, and one after three minutes, with success. */
const drawnLots = (jobs: number) =>
  Array.from({ length: jobs }, (_, i) => i).flatMap((i) => {
    const job = { job_id: `job-${i}`, job_type: 'email_send' };
    const failedAtMs = i * 60_000;
    const first = {
      ...job,
      attempt_number: 1,
      success: false,
      error_class: 'timeout',
      timestamp: timestamp(failedAtMs),
    };
    if (i % 3 === 0) return [{ ...first, stop_propensity: 1 / 3 }];
    const retry = { ...job, attempt_number: 2, propensity: 1 / 3 };
    const patient = { ...retry, success: true, delay_ms: 180_000, timestamp: timestamp(failedAtMs + 180_000) };
    const hasty = { ...retry, success: false, delay_ms: 2_000, timestamp: timestamp(failedAtMs + 2_000) };
    return [first, i % 3 === 1 ? patient : { ...hasty, error_class: 'timeout', stop_propensity: 1 }];
  });

describe('POST /what-if', () => {
  it('says what each policy would have been worth, and of which nothing can be told', async () => {
    const attempts = drawnLots(1_200);
    const { status, body } = await client.post('/what-if', { attempts, policies: ['none', 'sidekiq'] });
    expect(status).toBe(200);
    expect(body).toEqual({
      objective: { value_half_life: '30m', attempt_cost: 0.03 },
      history: {
        attempts: 2_000,
        refused: 0,
        duplicates: 0,
        jobs: 1_200,
        failed_jobs: 1_200,
        failures: 1_600,
        decisions: expect.any(Number),
        excluded: {
          pending: expect.any(Number),
          missing_attempt: 0,
          unknown_outcome: 0,
          unknown_delay: 0,
          no_error_class: 0,
        },
        from: timestamp(0),
        to: timestamp(1_198 * 60_000 + 180_000),
      },
      propensities: { source: 'logged', logged_share: 1, note: 'Each decision came with its propensity.' },
      logged: { utility: expect.any(Number), interval: [expect.any(Number), expect.any(Number)] },
      policies: [
        expect.objectContaining({
          policy: 'none',
          verdict: 'worse',
          reason: expect.stringMatching(/^it loses between −0\.\d+ and −0\.\d+ per failure$/),
          interval: [expect.any(Number), expect.any(Number)],
          difference_interval: [expect.any(Number), expect.any(Number)],
        }),
        expect.objectContaining({
          policy: 'sidekiq',
          verdict: 'cannot tell',
          reason: expect.stringContaining('15-30s'),
        }),
      ],
      refused_attempts: [],
    });
  });

  it('answers for every policy that remembers nothing when none is named, without a failure too', async () => {
    const { status, body } = await client.post('/what-if', { attempts: [] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ logged: null, history: { attempts: 0, from: null } });
    expect(body['policies']).toHaveLength(8);
    expect(body['policies']).toContainEqual({
      policy: 'rules',
      verdict: 'cannot tell',
      reason: 'the log holds no failure of which all that followed is known',
      utility: null,
      interval: null,
      difference: null,
      difference_interval: null,
      ips: null,
      snips: null,
      effective_sample_size: null,
      unsupported_share: null,
    });
  });

  it('leaves out attempts that are none, and names the first', async () => {
    const [good] = drawnLots(1);
    const attempts = [
      good,
      { ...good, success: 'yes' },
      7,
      { ...good, propensity: 0 },
      { ...good, timestamp: 'never' },
    ];
    const { status, body } = await client.post('/what-if', { attempts, policies: ['none'] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      history: { attempts: 1, refused: 4 },
      refused_attempts: [
        { index: 1, path: 'success', message: 'must be boolean' },
        { index: 2, path: '', message: expect.stringContaining('object') },
        { index: 3, path: 'propensity' },
        { index: 4, path: 'timestamp' },
      ],
    });
  });

  it('values as asked for', async () => {
    const attempts = drawnLots(50);
    const ask = async (objective: object) => {
      const { body } = await client.post('/what-if', { attempts, policies: ['none'], objective });
      return body as { readonly objective: object; readonly logged: { readonly utility: number } };
    };
    const patient = await ask({ value_half_life: '24h', attempt_cost: 0 });
    const hasty = await ask({ value_half_life: '00:01:00' });
    expect(patient.objective).toEqual({ value_half_life: '24h', attempt_cost: 0 });
    expect(hasty.objective).toEqual({ value_half_life: '1m', attempt_cost: 0.03 });
    expect(hasty.logged.utility).toBeLessThan(patient.logged.utility);
  });

  it.each<[string, object]>([
    ['policies[0]', { policies: ['clairvoyant'] }],
    ['policies', { policies: [] }],
    ['objective.attempt_cost', { objective: { attempt_cost: -1 } }],
    ['objective.value_half_life', { objective: { value_half_life: 'soon' } }],
    ['objective.value_half_life', { objective: { value_half_life: 0 } }],
    ['attempts', { attempts: Array.from({ length: 5_001 }, () => 0) }],
  ])('refuses a wrong %s', async (path, body) => {
    const answer = await client.post('/what-if', { attempts: [], ...body });
    expectProblem(answer, 400);
    expect(problemPaths(answer)).toEqual([path]);
  });

  it('answers what npm run what-if answers for the same attempts in a file', async () => {
    const attempts = drawnLots(300);
    const folder = await mkdtemp(join(tmpdir(), 'smart-retry-what-if-'));
    const file = join(folder, 'attempts.ndjson');
    await writeFile(file, attempts.map((attempt) => JSON.stringify(attempt)).join('\n'));
    const script = `const { runWhatIf } = await import(${JSON.stringify(RUN)}); process.exitCode = await runWhatIf(process.argv.slice(1));`;
    const args = ['--input-type=module', '--eval', script, file, '--policies', 'none,celery', '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const printed: unknown = JSON.parse(await text(child.stdout));
    await rm(folder, { recursive: true });
    expect(printed).toEqual((await client.post('/what-if', { attempts, policies: ['none', 'celery'] })).body);
  });

  it('stores nothing', async () => {
    await client.post('/what-if', { attempts: drawnLots(10) });
    expect((await client.get('/stats?job_type=email_send')).body).toMatchObject({ total_attempts: 0 });
  });

  it('lets other requests pass while it works, and turns away more questions than it can keep', async () => {
    const attempts = drawnLots(2_500);
    let isDone = false;
    const questions = Promise.all(Array.from({ length: 20 }, () => client.post('/what-if', { attempts }))).finally(
      () => (isDone = true),
    );
    let passed = 0;
    while (!isDone) {
      expect(
        (await client.post('/recommendation', { job_type: 'a', error_class: 'b', attempt_number: 1 })).status,
      ).toBe(200);
      passed++;
    }
    const answers = await questions;
    const refused = answers.filter(({ status }) => status !== 200);
    // One after another would let through as many as there are questions to work on.
    expect(passed).toBeGreaterThan(2 * (answers.length - refused.length));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(12);
    for (const answer of refused) {
      expectProblem(answer, 503, 'OVERLOADED');
      expect(answer.headers.get('retry-after')).toBe('5');
    }
  });
});

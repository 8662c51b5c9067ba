import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const DAY_MS = 86_400_000;
const RECORDED = { status: 'recorded', duplicate: false };
const DUPLICATE = { status: 'recorded', duplicate: true };

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

const attempt = (fields: object) => ({ job_id: 'job', job_type: 'any', attempt_number: 2, success: true, ...fields });

const report = async (fields: object) => {
  const { status, body } = await client.post('/attempt', attempt(fields));
  expect(status).toBe(200);
  return body;
};

const reportAll = async (attempts: readonly unknown[]) => {
  const { status, body } = await client.post('/attempt/batch', { attempts });
  expect(status).toBe(200);
  return body['results'] as Readonly<Record<string, unknown>>[];
};

/** A minute of the last hours such that its day is over: one timestamp on each side of a midnight. */
const aroundMidnight = () => {
  const midnightMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  return [midnightMs - 1, midnightMs - DAY_MS, midnightMs - 5 * DAY_MS].map((atMs) => new Date(atMs).toISOString());
};

describe('the same report', () => {
  it('is recorded once, whatever its timestamp, across midnight', async () => {
    const [first, ...others] = aroundMidnight();
    expect(await report({ job_id: 'nightly', timestamp: first })).toEqual(RECORDED);
    for (const timestamp of others) {
      expect(await report({ job_id: 'nightly', timestamp })).toEqual(DUPLICATE);
    }
    expect(await report({ job_id: 'nightly' })).toEqual(DUPLICATE);
  });

  it('is recorded once when it comes many times at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => report({ job_id: 'raced', job_type: 'raced' })));
    expect(answers.filter(({ duplicate }) => duplicate === false)).toHaveLength(1);
    expect((await client.get('/stats?job_type=raced')).body).toMatchObject({ total_attempts: 1 });
  });

  it('is another one for another outcome, attempt, job or tenant', async () => {
    for (const other of [{}, { success: false }, { attempt_number: 3 }, { job_id: 'b' }, { tenant: 't' }]) {
      expect(await report({ job_id: 'a', ...other })).toEqual(RECORDED);
      expect(await report({ job_id: 'a', ...other })).toEqual(DUPLICATE);
    }
  });

  it('is not confused with one whose names join to the same text', async () => {
    expect(await report({ tenant: 'a:b', job_id: 'c' })).toEqual(RECORDED);
    expect(await report({ tenant: 'a', job_id: 'b:c' })).toEqual(RECORDED);
  });
});

describe('a batch', () => {
  it('is answered item by item, in order; a bad item does not spoil the others', async () => {
    const results = await reportAll([
      attempt({ job_id: 'x' }),
      null,
      attempt({ job_id: 'x' }),
      attempt({ job_id: '' }),
      attempt({ job_id: 'y', timestamp: '2020-01-01T00:00:00Z' }),
      attempt({ job_id: 'y', processing_time: 'long' }),
      attempt({ job_id: 'y', success: false }),
    ]);
    expect(results).toEqual([
      RECORDED,
      expect.objectContaining({ status: 'error', code: 'INVALID_REQUEST' }),
      DUPLICATE,
      expect.objectContaining({ status: 'error', details: expect.stringContaining('job_id') }),
      expect.objectContaining({ status: 'error', code: 'TIMESTAMP_OUT_OF_RANGE' }),
      expect.objectContaining({ status: 'error', details: expect.stringContaining('processing_time') }),
      RECORDED,
    ]);
  });

  it('holds text that cannot be stored, or a wait longer than any: the others are recorded, what nobody reads is ignored', async () => {
    const results = await reportAll([
      attempt({ job_id: 'odd-1' }),
      attempt({ job_id: 'odd-2', error_class: 't\ud83d' }),
      attempt({ job_id: 'odd\0' }),
      attempt({ job_id: 'odd-3', zz: '\ud800', 'z\0': 1 }),
      attempt({ job_id: 'odd-4', actual_delay_ms: 1e15 }),
      attempt({ job_id: 'odd-5', delay_ms: 31 * DAY_MS }),
    ]);
    const refused = (path: string) => ({ status: 'error', code: 'INVALID_REQUEST', fields: [{ path }] });
    expect(results).toMatchObject([
      RECORDED,
      refused('error_class'),
      refused('job_id'),
      RECORDED,
      refused('actual_delay_ms'),
      RECORDED,
    ]);
    expect(problemPaths(await client.post('/attempt', attempt({ delay_ms: 31 * DAY_MS + 1 })))).toEqual(['delay_ms']);
  });

  it('has up to 5,000 attempts', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => attempt({ job_id: `m${i}`, job_type: 'many' }));
    expect(await reportAll(many)).toEqual(many.map(() => RECORDED));
    expect((await client.get('/stats?job_type=many')).body).toMatchObject({ total_attempts: 5_000 });
    expectProblem(await client.post('/attempt/batch', { attempts: [...many, many[0]] }), 400, 'INVALID_REQUEST');
    expect(await reportAll([])).toEqual([]);
  });
});

describe('counts', () => {
  const now = () => new Date(Date.now() - 1_000).toISOString();
  const count = (fields: object) => ({
    job_type: 'c',
    succeeded: 1,
    failed: 0,
    window_start: now(),
    window_end: now(),
    ...fields,
  });

  it('add up to first tries, which are no retries', async () => {
    const counts = [count({ job_type: 'added', succeeded: 90, failed: 10 }), count({ job_type: 'added', queue: 'q' })];
    expect(await client.post('/attempt/counts', { counts })).toMatchObject({ status: 200, body: { recorded: 2 } });
    const { body } = await client.get('/stats?job_type=added');
    expect(body).toMatchObject({ total_attempts: 0, first_tries: { succeeded: 91, failed: 10 } });
    expect((await client.get('/stats?job_type=added&queue=q')).body).toMatchObject({ first_tries: { succeeded: 1 } });
  });

  it('are first tries reported one by one, too', async () => {
    await report({ job_id: 'f1', job_type: 'first', attempt_number: 1 });
    await report({ job_id: 'f2', job_type: 'first', attempt_number: 1, success: false, error_class: 'timeout' });
    expect((await client.get('/stats?job_type=first')).body).toMatchObject({
      total_attempts: 0,
      success_rate: 0,
      first_tries: { succeeded: 1, failed: 1 },
    });
  });

  it.each([
    [{ succeeded: -1 }, 'counts[0].succeeded'],
    [{ failed: 0.5 }, 'counts[0].failed'],
    [{ succeeded: '1' }, 'counts[0].succeeded'],
    [{ window_end: '2020-01-01T00:00:00Z' }, 'counts[0].window_end'],
    [{ window_start: 'then' }, 'counts[0].window_start'],
    [{ window_end: new Date(Date.now() - 60_000).toISOString() }, 'counts[0].window_end'],
    [{ job_type: '' }, 'counts[0].job_type'],
  ])('refuse %p, naming it', async (fields, path) => {
    const answer = await client.post('/attempt/counts', { counts: [count(fields)] });
    expectProblem(answer, 400);
    expect(problemPaths(answer)).toEqual([path]);
  });
});

describe('sampling', () => {
  const setCollection = async (settings: object) => {
    const { body } = await client.get('/strategy');
    const put = await client.put('/strategy', {
      ...body,
      data_collection: { ...(body['data_collection'] as object), ...settings },
    });
    expect(put.status).toBe(200);
  };

  it('keeps a job whole or not at all, and statistics are scaled back and say so', async () => {
    await setCollection({ sample_rate: 0.5 });
    const jobs = Array.from({ length: 1_000 }, (_, i) => `sampled-${i}`);
    const of = (attempt_number: number) =>
      reportAll(
        jobs.map((job_id) => attempt({ job_id, job_type: 'sampled', attempt_number, success: attempt_number > 2 })),
      );
    const [second, third] = [await of(2), await of(3)];
    await setCollection({ sample_rate: 1 });
    expect(second.map(({ status }) => status)).toEqual(third.map(({ status }) => status));
    const kept = second.filter(({ status }) => status === 'recorded').length;
    // 6 standard deviations of Binomial(1000, 0.5).
    expect(Math.abs(kept - 500)).toBeLessThan(95);
    expect((await client.get('/stats?job_type=sampled')).body).toMatchObject({
      sampled: true,
      recorded_retries: 2 * kept,
      successful_retries: 2 * kept,
      failed_retries: 2 * kept,
      total_attempts: 4 * kept,
      success_rate: 0.5,
    });
  });

  it('that is switched off acknowledges attempts as skipped', async () => {
    await setCollection({ enabled: false });
    expect(await report({ job_id: 'skipped', job_type: 'skipped' })).toEqual({ status: 'skipped', duplicate: false });
    expect(await reportAll([attempt({ job_id: 's2', job_type: 'skipped' })])).toMatchObject([{ status: 'skipped' }]);
    await setCollection({ enabled: true });
    expect((await client.get('/stats?job_type=skipped')).body).toMatchObject({ total_attempts: 0 });
    expect(await report({ job_id: 'skipped', job_type: 'skipped' })).toEqual(RECORDED);
  });
});

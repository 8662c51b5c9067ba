import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Answer, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

interface Span {
  readonly label?: string;
  readonly from_ms: number;
  readonly to_ms: number | null;
  readonly delay_ms: number;
  readonly estimated_success: number;
  readonly estimated_success_interval: readonly [number, number];
  readonly evidence: number;
  readonly successes: number;
  readonly failures: number;
}

const LABELS = ['0-1s', '1-5s', '5-15s', '15-30s', '30-60s', '1-5m', '5-15m', '15m+'];
const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let api: RunningApi;
let client: Client;
let reports = 0;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

/** Each job type fails in its own way: what is learned of a class speaks for every job type that is not known better. */
const classOf = (jobType: string) => `stall_of_${jobType}`;

/** Reports retries, each of a job of its own. */
const teach = async (jobType: string, count: number, fields: object = {}) => {
  const attempts = Array.from({ length: count }, () => ({
    job_id: `p${reports++}`,
    job_type: jobType,
    error_class: classOf(jobType),
    attempt_number: 2,
    success: true,
    delay_ms: 2_000,
    ...fields,
  }));
  expect((await client.post('/attempt/batch', { attempts })).status).toBe(200);
};

const query = (jobType: string, more = '') => `/bayesian?job_type=${jobType}&error_class=${classOf(jobType)}${more}`;
const update = (jobType: string, more: object = {}) =>
  client.post('/bayesian/update', { job_type: jobType, error_class: classOf(jobType), ...more });
const spansOf = ({ body }: Answer, field: 'buckets' | 'curve') => body[field] as readonly Span[];
const bucketOf = (answer: Answer, label: string) => spansOf(answer, 'buckets').find((bucket) => bucket.label === label);

describe('before ten outcomes', () => {
  it.each([
    ['GET', 404, 'POSTERIOR_NOT_FOUND', (jobType: string) => client.get(query(jobType))],
    ['POST', 422, 'TOO_FEW_SAMPLES', (jobType: string) => update(jobType)],
  ] as const)('%s answers %d with the counts', async (method, status, code, ask) => {
    const jobType = `few_${method}`;
    for (const samples of [0, 9]) {
      await teach(jobType, samples);
      const answer = await ask(jobType);
      expectProblem(answer, status, code);
      expect(answer.body['counts']).toEqual({ samples, required_samples: 10 });
      expect(answer.body['details']).toContain(`${samples} of the 10`);
    }
    // Control: the tenth makes the difference.
    await teach(jobType, 1);
    expect((await ask(jobType)).status).toBe(200);
  });

  it('counts neither first tries, nor what was cancelled, nor what names no failure', async () => {
    await teach('untaught', 20, { attempt_number: 1, delay_ms: 0 });
    await teach('untaught', 20, { status: 'cancelled' });
    await teach('untaught', 20, { error_class: '' });
    expect((await client.get(query('untaught'))).body['counts']).toMatchObject({ samples: 0 });
  });
});

describe('the curve', () => {
  it('answers every field of the contract', async () => {
    await teach('whole', 10);
    const span = {
      from_ms: expect.any(Number),
      delay_ms: expect.any(Number),
      estimated_success: expect.any(Number),
      estimated_success_interval: [expect.any(Number), expect.any(Number)],
      evidence: expect.any(Number),
      successes: expect.any(Number),
      failures: expect.any(Number),
    };
    const expected = {
      status: 'current',
      job_type: 'whole',
      error_class: classOf('whole'),
      error_code: null,
      tenant: null,
      attempt_number: null,
      incident_age_ms: null,
      learning: 'on',
      pinned_at: null,
      samples: 10,
      samples_at_last_update: 10,
      last_updated: expect.stringMatching(RFC_3339_UTC),
      buckets: LABELS.map((label, i) => ({ ...span, label, to_ms: i === 7 ? null : expect.any(Number) })),
      curve: expect.arrayContaining([expect.objectContaining({ ...span, to_ms: null })]),
    };
    expect((await client.get(query('whole'))).body).toEqual(expected);
    expect((await update('whole')).body).toEqual({ ...expected, status: 'updated' });
  });

  it('refuses an age of an incident that no incident reaches', async () => {
    const answer = await client.get(`${query('whole')}&incident_age=9000h`);
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(answer.body).toMatchObject({ fields: [{ path: 'incident_age' }] });
  });

  it('shows which delays succeed, with a band that is narrow where much was seen', async () => {
    await teach('shaped', 40, { delay_ms: 2_000, success: false });
    await teach('shaped', 40, { delay_ms: 50_000 });
    const answer = await update('shaped');
    const [short, long, unseen] = ['1-5s', '30-60s', '15m+'].map((label) => bucketOf(answer, label));
    expect(short?.failures).toBeCloseTo(40, 1);
    expect(long?.successes).toBeCloseTo(40, 1);
    expect(short?.estimated_success).toBeLessThan(0.1);
    expect(long?.estimated_success).toBeGreaterThan(0.9);
    const width = (span: Span | undefined) =>
      (span?.estimated_success_interval[1] ?? 0) - (span?.estimated_success_interval[0] ?? 0);
    expect(width(long)).toBeLessThan(0.15);
    expect(width(unseen)).toBeGreaterThan(0.3);
    const bins = spansOf(answer, 'curve');
    expect(bins.length).toBeGreaterThan(LABELS.length);
    expect(bins.slice(1).map(({ from_ms }) => from_ms)).toEqual(bins.slice(0, -1).map(({ to_ms }) => to_ms));
  });

  it('is looked at again after 20 outcomes, or at once when that is asked for', async () => {
    await teach('refreshed', 10);
    expect((await client.get(query('refreshed'))).body).toMatchObject({ samples: 10, samples_at_last_update: 10 });
    await teach('refreshed', 19);
    expect((await client.get(query('refreshed'))).body).toMatchObject({ samples: 29, samples_at_last_update: 10 });
    expect((await update('refreshed')).body).toMatchObject({ samples: 29, samples_at_last_update: 29 });
    await teach('refreshed', 20);
    expect((await client.get(query('refreshed'))).body).toMatchObject({ samples: 49, samples_at_last_update: 49 });
  });

  it('narrows to an error code, an attempt, an age of the incident and a tenant', async () => {
    const advise = async (fields: object) =>
      (await client.post('/recommendation', { job_type: 'narrow', error_class: classOf('narrow'), ...fields })).body;
    const teachBy = async (count: number, success: boolean, fields: { readonly attempt_number: number }) => {
      for (let i = 0; i < count; i++) {
        const { recommendation_id } = await advise(fields);
        await teach('narrow', 1, { ...fields, attempt_number: fields.attempt_number + 1, success, recommendation_id });
      }
    };
    await teachBy(12, true, { attempt_number: 1 });
    await teachBy(12, false, { attempt_number: 2 });
    const seen = async (more: string) => {
      const { successes = 0, failures = 0 } = bucketOf(await client.get(query('narrow', more)), '1-5s') ?? {};
      return [Math.round(successes), Math.round(failures)];
    };
    expect(await seen('')).toEqual([12, 12]);
    expect(await seen('&attempt_number=')).toEqual([12, 12]);
    expect((await seen('&attempt_number=1'))[1]).toBe(0);
    expect((await seen('&attempt_number=2'))[0]).toBe(0);
    expect(await seen('&attempt_number=1&incident_age=2h')).toEqual([0, 0]);
    expect(await seen('&tenant=nobody')).toEqual([0, 0]);
    expect(await seen('&error_code=503')).toEqual([0, 0]);
    const { body } = await client.get(query('narrow', '&incident_age=1m30s&tenant=t&error_code=503'));
    expect(body).toMatchObject({ attempt_number: 1, incident_age_ms: 90_000, tenant: 't', error_code: '503' });
    const posted = await update('narrow', { incident_age: '00:01:30', tenant: 't', error_code: '503' });
    expect(posted.body).toMatchObject({ attempt_number: 1, incident_age_ms: 90_000, tenant: 't', error_code: '503' });
  });

  it('says when learning is off, and has nothing to show then', async () => {
    await teach('silenced', 20);
    const { body: strategy } = await client.get('/strategy');
    const learnAs = async (learning: unknown) =>
      expect(await client.put('/strategy', { ...strategy, learning })).toMatchObject({ status: 200 });
    await learnAs({ mode: 'observe' });
    const shown = () => client.get(query('silenced'));
    // Until everything is learned anew, what was known goes on to answer.
    await untilPasses(async () => expect((await shown()).body).toMatchObject({ learning: 'observe', samples: 20 }));
    await learnAs({ job_types: [{ job_type: 'silenced', mode: 'off' }] });
    await untilPasses(async () => expectProblem(await shown(), 404, 'POSTERIOR_NOT_FOUND'));
    await learnAs(strategy['learning']);
  });
});

describe('hostile questions', () => {
  it.each([
    ['job_type=a', ['error_class']],
    ['error_class=a', ['job_type']],
    ['', ['job_type']],
    ['job_type=&error_class=a', ['job_type']],
    [`job_type=${'x'.repeat(256)}&error_class=a`, ['job_type']],
    ['job_type=a&job_type=b&error_class=a', ['job_type']],
    ['job_type=a%00&error_class=a', ['job_type']],
    ['job_type=a&error_class=b&tenant=%00', ['tenant']],
    ['job_type=a&error_class=b&attempt_number=0', ['attempt_number']],
    ['job_type=a&error_class=b&attempt_number=1.5', ['attempt_number']],
    ['job_type=a&error_class=b&attempt_number=1000001', ['attempt_number']],
    ['job_type=a&error_class=b&attempt_number=-1', ['attempt_number']],
    ['job_type=a&error_class=b&attempt_number=one', ['attempt_number']],
    ['job_type=a&error_class=b&attempt_number=1&attempt_number=2', ['attempt_number']],
    ['job_type=a&error_class=b&incident_age=soon', ['incident_age']],
    ['job_type=a&error_class=b&incident_age=-1s', ['incident_age']],
    [`job_type=a&error_class=b&incident_age=${'9'.repeat(65)}`, ['incident_age']],
  ])('GET ?%s is refused, naming the field', async (text, paths) => {
    const answer = await client.get(`/bayesian?${text}`);
    expectProblem(answer, 400);
    expect(problemPaths(answer)).toEqual(expect.arrayContaining(paths));
  });

  it.each([
    [{}, ['job_type', 'error_class']],
    [{ job_type: '' }, ['job_type']],
    [{ job_type: 7 }, ['job_type']],
    [{ error_class: null }, ['error_class']],
    [{ tenant: {} }, ['tenant']],
    [{ attempt_number: '2' }, ['attempt_number']],
    [{ attempt_number: 0 }, ['attempt_number']],
    [{ attempt_number: 1.5 }, ['attempt_number']],
    [{ incident_age: -1 }, ['incident_age']],
    [{ incident_age: 'soon' }, ['incident_age']],
  ])('POST %j is refused, naming the fields', async (fields, paths) => {
    const known = { job_type: 'a', error_class: 'b' };
    const answer = await client.post(
      '/bayesian/update',
      Object.keys(fields).length === 0 ? {} : { ...known, ...fields },
    );
    expectProblem(answer, 400);
    expect(problemPaths(answer)).toEqual(paths);
  });

  it('that name the prototype find nothing', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', '💥', '2:ab1:c', 'a&b=c', '%', "'; --"]) {
      const text = encodeURIComponent(name);
      expectProblem(await client.get(`/bayesian?job_type=${text}&error_class=${text}`), 404, 'POSTERIOR_NOT_FOUND');
    }
  });

  it('that ask for more than there is are answered as others are', async () => {
    await teach('asked', 10);
    expect((await update('asked', { colour: 'red', attempt_number: 1_000_000, incident_age: '8000h' })).status).toBe(
      200,
    );
    expect((await update('asked', { error_code: '', tenant: null, incident_age: null })).body).toMatchObject({
      attempt_number: null,
      tenant: null,
    });
  });

  it('by other methods are refused', async () => {
    expectProblem(await client.post('/bayesian', {}), 405, 'METHOD_NOT_ALLOWED');
    expectProblem(await client.get('/bayesian/update'), 405, 'METHOD_NOT_ALLOWED');
  });
});

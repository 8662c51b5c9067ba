import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

/** No jitter: two failures are advised the same delay. */
const UNJITTERED = {
  name: 'unjittered',
  error_patterns: ['even', 'odd'],
  max_attempts: 5,
  base_delay_ms: 7_000,
  jitter_percent: 0,
  priority: 500,
};

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
  await client.post('/policies', UNJITTERED);
});

afterAll(async () => {
  await api.stop();
});

interface Named {
  readonly job_type: string;
  readonly job_id?: string;
}

/** Job ids are unique within a tenant, whatever the job's type: each test brings its own. */
const withOwnId = (job: Named) => (job.job_id === undefined ? {} : { job_id: `${job.job_type}/${job.job_id}` });

const recommend = async (features: Named & Readonly<Record<string, unknown>>) => {
  const job = { error_class: 'timeout', attempt_number: 1, ...features, ...withOwnId(features) };
  const { status, body } = await client.post('/recommendation', job);
  expect(status).toBe(200);
  return body;
};

const report = async (attempt: Named & Readonly<Record<string, unknown>>) => {
  const { status, body } = await client.post('/attempt', {
    attempt_number: 2,
    success: true,
    ...attempt,
    ...withOwnId(attempt),
  });
  expect({ status, body }).toEqual({ status: 200, body: { status: 'recorded', duplicate: false } });
};

/** The class under which the retries of a job type are counted; null where it is not known. */
const classesOf = async (jobType: string) => {
  const { body } = await client.get(`/stats?job_type=${jobType}&group_by=error_class`);
  const groups = body['groups'] as { group: string | null; total_attempts: number }[];
  return groups.flatMap(({ group, total_attempts: retries }) => (retries > 0 ? [group] : [])).sort();
};

const averageDelayOf = async (jobType: string) => (await client.get(`/stats?job_type=${jobType}`)).body['avg_delay_ms'];

describe('a recommendation id', () => {
  it('links to the failure that it was given for, whatever the report says of itself', async () => {
    const { recommendation_id, delay_ms } = await recommend({ job_type: 'by_id', attempt_number: 2 });
    await report({
      job_type: 'by_id',
      job_id: 'a',
      attempt_number: 7,
      error_class: 'other',
      success: false,
      recommendation_id,
    });
    expect(await classesOf('by_id')).toEqual(['timeout']);
    expect(await averageDelayOf('by_id')).toBe(delay_ms);
  });

  it('makes a retry of an attempt that is called the first', async () => {
    const { recommendation_id } = await recommend({ job_type: 'first_by_id' });
    await report({ job_type: 'first_by_id', job_id: 'a', attempt_number: 1, recommendation_id });
    expect((await client.get('/stats?job_type=first_by_id')).body).toMatchObject({ total_attempts: 1 });
  });

  it.each([
    ['by_stop_id', true],
    ['by_stop_of_job', false],
  ])('of a stop links a retry that was run by hand all the same (%s)', async (job_type, isNamed) => {
    const job = { job_type, job_id: 'j' };
    const { decision, recommendation_id } = await recommend({ ...job, error_class: 'odd', attempt_number: 5 });
    expect(decision).toBe('stop');
    await report({ ...job, attempt_number: 6, actual_delay_ms: 60_000, ...(isNamed && { recommendation_id }) });
    expect(await classesOf(job_type)).toEqual(['odd']);
    expect(await averageDelayOf(job_type)).toBe(60_000);
    // It was not what was recommended: nothing came of the stop.
    expect((await client.get(`/decisions/${String(recommendation_id)}`)).body).toMatchObject({ outcome: 'none' });
  });

  it('of a stop tells what was waited by when the job failed, which may be long before it was asked for', async () => {
    const job = { job_type: 'asked_late', job_id: 'j' };
    const endedAtMs = Date.now();
    const at = (agoMs: number) => ({ timestamp: new Date(endedAtMs - agoMs).toISOString() });
    await report({ ...job, attempt_number: 5, success: false, error_class: 'odd', ...at(3_600_000) });
    expect(await recommend({ ...job, error_class: 'odd', attempt_number: 5 })).toMatchObject({ decision: 'stop' });
    await report({ ...job, attempt_number: 6, ...at(0) });
    expect(await averageDelayOf('asked_late')).toBe(3_600_000);
  });

  it('means nothing when it is forged, changed, or was given for another job type or tenant', async () => {
    const own = await recommend({ job_type: 'forged' });
    const other = await recommend({ job_type: 'elsewhere' });
    const foreign = await recommend({ job_type: 'forged', tenant: 't' });
    const id = String(own['recommendation_id']);
    const changed = `${id.slice(0, 40)}${id[40] === 'A' ? 'B' : 'A'}${id.slice(41)}`;
    const ids = ['nonsense', changed, other['recommendation_id']];
    for (const [i, recommendation_id] of ids.entries()) {
      await report({ job_type: 'forged', job_id: `f${i}`, recommendation_id });
    }
    for (const tenant of ['u', 'T']) {
      await report({ job_type: 'forged', job_id: 'f', tenant, recommendation_id: foreign['recommendation_id'] });
    }
    expect(await classesOf('forged')).toEqual([null]);
    // Control: the id as it was given links.
    await report({ job_type: 'forged', job_id: 'true', recommendation_id: id });
    expect(await classesOf('forged')).toEqual([null, 'timeout']);
  });

  it('links a report that names no tenant, whichever it was given to, and still of its job type only', async () => {
    const { recommendation_id } = await recommend({ job_type: 'of_tenant', tenant: 't' });
    await report({ job_type: 'of_tenant', job_id: 'a', recommendation_id });
    expect(await classesOf('of_tenant')).toEqual(['timeout']);
    await report({ job_type: 'of_no_tenant', job_id: 'a', recommendation_id });
    expect(await classesOf('of_no_tenant')).toEqual([null]);
  });
});

describe('the job', () => {
  it('links to the recommendation that it was given', async () => {
    const { delay_ms } = await recommend({ job_type: 'by_job', job_id: 'j' });
    await report({ job_type: 'by_job', job_id: 'j' });
    expect(await classesOf('by_job')).toEqual(['timeout']);
    expect(await averageDelayOf('by_job')).toBe(delay_ms);
  });

  it('says which dependency a retry called that names none, with a recommendation id or without', async () => {
    const dependency = 'named_in_the_question';
    for (const job_id of ['a', 'b', 'c']) {
      const { recommendation_id } = await recommend({ job_type: 'by_question', job_id, dependency });
      await report({ job_type: 'by_question', job_id, ...(job_id === 'a' && { recommendation_id }) });
    }
    expect((await client.get(`/dependencies/${dependency}`)).body['recent']).toEqual({ failed: 3, succeeded: 3 });
    expect((await client.get('/dependencies/by_question')).status).toBe(404);
  });

  it('links to the record of its attempt before', async () => {
    await report({ job_type: 'by_record', job_id: 'j', attempt_number: 1, success: false, error_class: 'refused' });
    await report({ job_type: 'by_record', job_id: 'j', attempt_number: 2 });
    expect(await classesOf('by_record')).toEqual(['refused']);
    // When two reports come says nothing of what was waited between their attempts.
    const untimed = { total_attempts: 1, recorded_delays: 0 };
    expect((await client.get('/stats?job_type=by_record')).body).toMatchObject(untimed);
  });

  it('links each retry of a chain to the failure just before it', async () => {
    const job = { job_type: 'chain', job_id: 'j' };
    await report({ ...job, attempt_number: 1, success: false, error_class: 'one' });
    await report({ ...job, attempt_number: 2, success: false, error_class: 'two' });
    await report({ ...job, attempt_number: 3, success: true });
    const { body } = await client.get('/stats?job_type=chain&group_by=error_class');
    expect(body).toMatchObject({ total_attempts: 2, first_tries: { failed: 1 } });
    expect(body['groups']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ group: 'one', failed_retries: 1, successful_retries: 0 }),
        expect.objectContaining({ group: 'two', failed_retries: 0, successful_retries: 1 }),
      ]),
    );
  });

  it('of another tenant has the same name only', async () => {
    await recommend({ job_type: 'shared_name', job_id: 'j', tenant: 'a' });
    await report({ job_type: 'shared_name', job_id: 'j', tenant: 'b' });
    expect(await classesOf('shared_name')).toEqual([null]);
  });
});

describe('the shape', () => {
  it('links a report under the number of the failed attempt, with the delay that was advised', async () => {
    const { delay_ms } = await recommend({ job_type: 'by_shape', attempt_number: 2 });
    await report({ job_type: 'by_shape', job_id: 'j', attempt_number: 2, delay_ms });
    expect(await classesOf('by_shape')).toEqual(['timeout']);
  });

  it('tells of which kind a retry has failed that does not say why', async () => {
    const { delay_ms } = await recommend({ job_type: 'unsaid' });
    await report({ job_type: 'unsaid', job_id: 'a', attempt_number: 1, success: false, delay_ms });
    expect((await client.get('/dependencies/unsaid')).body['recent']).toEqual({ failed: 2, succeeded: 0 });
  });

  it('of several failures of one class is clear enough', async () => {
    for (let i = 0; i < 3; i++) await recommend({ job_type: 'alike', error_class: 'even' });
    await report({ job_type: 'alike', job_id: 'j', attempt_number: 1, delay_ms: 7_000 });
    expect(await classesOf('alike')).toEqual(['even']);
  });

  it('of failures of different classes teaches nothing', async () => {
    await recommend({ job_type: 'ambiguous', error_class: 'even', attempt_number: 2 });
    await recommend({ job_type: 'ambiguous', error_class: 'odd', attempt_number: 2 });
    await report({ job_type: 'ambiguous', job_id: 'j', attempt_number: 2, delay_ms: 14_000 });
    expect(await classesOf('ambiguous')).toEqual([null]);
  });

  it('is another one with another delay, attempt or tenant', async () => {
    const { delay_ms } = await recommend({ job_type: 'unlike', attempt_number: 2 });
    const others = [{ delay_ms: Number(delay_ms) + 1 }, { delay_ms, attempt_number: 4 }, { delay_ms, tenant: 't' }];
    for (const [i, other] of others.entries()) await report({ job_type: 'unlike', job_id: `j${i}`, ...other });
    expect(await classesOf('unlike')).toEqual([null]);
  });
});

describe("the report's own context", () => {
  it('is the last resort', async () => {
    await report({ job_type: 'by_itself', job_id: 'j', attempt_number: 3, error_class: 'own', delay_ms: 500 });
    expect(await classesOf('by_itself')).toEqual(['own']);
    expect(await averageDelayOf('by_itself')).toBe(500);
  });

  it('without a class tells nothing', async () => {
    await report({ job_type: 'by_nothing', job_id: 'j', attempt_number: 3, delay_ms: 500 });
    expect(await classesOf('by_nothing')).toEqual([null]);
  });

  it('of a failed first attempt is no delay, but a first try', async () => {
    await report({ job_type: 'first_failure', job_id: 'j', attempt_number: 1, success: false, error_class: 'own' });
    const { body } = await client.get('/stats?job_type=first_failure');
    expect(body).toMatchObject({ total_attempts: 0, first_tries: { succeeded: 0, failed: 1 } });
  });
});

describe('the delay that was really waited', () => {
  it('wins over the one that was advised', async () => {
    const { recommendation_id, delay_ms } = await recommend({ job_type: 'waited' });
    await report({ job_type: 'waited', job_id: 'a', recommendation_id, delay_ms, actual_delay_ms: 9_000 });
    await report({ job_type: 'waited', job_id: 'b', delay_ms: 1, actual_delay_ms: 11_000 });
    expect(await averageDelayOf('waited')).toBe(10_000);
  });

  it('may be none at all', async () => {
    await report({ job_type: 'at_once', job_id: 'a', delay_ms: 400, actual_delay_ms: 0 });
    await report({ job_type: 'at_once', job_id: 'b', actual_delay_ms: 100 });
    expect(await averageDelayOf('at_once')).toBe(50);
  });
});

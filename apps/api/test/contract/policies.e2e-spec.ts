import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

const add = async (policy: { readonly name: string } & Readonly<Record<string, unknown>>) => {
  const { status } = await client.post('/policies', { max_attempts: 4, priority: 500, ...policy });
  expect(status).toBe(201);
};

/** The policy that bounds the decision for a job. */
const policyFor = async (job: object) => {
  const { status, body } = await client.post('/recommendation', { job_type: 'any', attempt_number: 1, ...job });
  expect(status).toBe(200);
  return body['policy'];
};

describe('patterns', () => {
  it.each([
    ['http_4290_weird', 'default'],
    ['429', 'rate_limit'],
    ['4290', 'default'],
    ['timeout', 'service_unavailable'],
    ['connection_timeout', 'default'],
    ['TIMEOUT', 'default'],
    ['timeout\n', 'default'],
  ])('match as a whole: %p is for %s', async (error_class, expected) => {
    expect(await policyFor({ error_class })).toBe(expected);
  });

  it('match the error code as well as the class', async () => {
    expect(await policyFor({ error_class: 'http', error_code: '503' })).toBe('service_unavailable');
    expect(await policyFor({ error_class: 'http', error_code: '5030' })).toBe('default');
  });

  it('are RE2: alternatives, classes, flags and substrings that are asked for', async () => {
    await add({ name: 're2', error_patterns: ['(?i)econn(reset|refused)', '.*broken pipe.*', 'x{2,3}', 'a|b'] });
    for (const error_class of ['ECONNRESET', 'econnrefused', 'write: broken pipe!', 'xx', 'xxx', 'a', 'b']) {
      expect(await policyFor({ error_class })).toBe('re2');
    }
    for (const error_class of ['ECONNABORTED', 'x', 'xxxx', 'ab', 'xECONNRESET']) {
      expect(await policyFor({ error_class })).toBe('default');
    }
    await client.delete('/policies/re2');
  });

  it.each(['(', '[a', '(?=a)b', '(a)\\1', '*', '(?<!x)y', 'a{2,1}', '(?P<n>a', '\\'])(
    'that RE2 refuses are refused: %s',
    async (pattern) => {
      for (const field of ['error_patterns', 'job_type_patterns', 'queue_patterns', 'tenant_patterns']) {
        const answer = await client.post('/policies', { name: 'bad', max_attempts: 2, [field]: ['fine', pattern] });
        expectProblem(answer, 400, 'INVALID_POLICY');
        expect(problemPaths(answer)).toEqual([`${field}[1]`]);
      }
      expect((await client.get('/policies/bad')).status).toBe(404);
    },
  );

  it('narrow by job type, queue and tenant: all of them have to match', async () => {
    await add({
      name: 'narrow',
      error_patterns: ['e1', 'e2'],
      job_type_patterns: ['critical_.*'],
      queue_patterns: ['q'],
      tenant_patterns: ['t'],
    });
    const job = { error_class: 'e1', job_type: 'critical_mail', queue: 'q', tenant: 't' };
    expect(await policyFor(job)).toBe('narrow');
    for (const other of [
      { error_class: 'e3' },
      { job_type: 'mail' },
      { job_type: 'very_critical_mail' },
      { queue: 'q2' },
      { tenant: undefined },
      { queue: '' },
    ]) {
      expect(await policyFor({ ...job, ...other })).toBe('default');
    }
    await client.delete('/policies/narrow');
  });

  it('that take exponential time elsewhere take none here', async () => {
    await add({ name: 'redos', error_patterns: ['(a+)+', '(a|aa)+b', '(.*a){20}'] });
    const error_class = `${'a'.repeat(250)}!`;
    expect(await policyFor({ error_class })).toBe('default');
    await client.delete('/policies/redos');
  });
});

describe('precedence', () => {
  it('goes to the highest priority, and to the oldest of equals', async () => {
    await add({ name: 'older', error_patterns: ['tie'], priority: 600 });
    await add({ name: 'younger', error_patterns: ['tie'], priority: 600 });
    await add({ name: 'lower', error_patterns: ['tie'], priority: 599 });
    expect(await policyFor({ error_class: 'tie' })).toBe('older');
    await client.put('/policies/older', { error_patterns: ['tie'], max_attempts: 2, priority: 600 });
    expect(await policyFor({ error_class: 'tie' })).toBe('older');
    await client.put('/policies/younger', { error_patterns: ['tie'], max_attempts: 2, priority: 601 });
    expect(await policyFor({ error_class: 'tie' })).toBe('younger');
    await client.delete('/policies/younger');
    expect(await policyFor({ error_class: 'tie' })).toBe('older');
    await client.delete('/policies/older');
    expect(await policyFor({ error_class: 'tie' })).toBe('lower');
  });

  it('goes to a validation stop over every priority', async () => {
    await add({ name: 'eager', error_patterns: ['bad_.*'], max_attempts: 9, priority: 1_000 });
    expect(await policyFor({ error_class: 'bad_input' })).toBe('eager');
    await add({ name: 'no_use', error_patterns: ['bad_input'], stop_on_validation: true, priority: -5 });
    const { body } = await client.post('/recommendation', {
      job_type: 'j',
      error_class: 'bad_input',
      attempt_number: 1,
    });
    expect(body).toMatchObject({
      should_retry: false,
      delay_ms: 0,
      policy: 'no_use',
      policy_guardrails: ['validation'],
    });
    expect(await policyFor({ error_class: 'bad_luck' })).toBe('eager');
  });
});

describe('the life of a policy', () => {
  const NAMES = ['a/b', 'a b', '../up', 'ünï😀', 'a%2Fb', 'a?b#c', 'x'.repeat(128)];

  it.each(NAMES)('is the same for the name %p', async (name) => {
    const path = `/policies/${encodeURIComponent(name)}`;
    await add({ name, error_patterns: ['named'], priority: 700 });
    expect((await client.get(path)).body).toMatchObject({ name, max_attempts: 4 });
    expect(await policyFor({ error_class: 'named' })).toBe(name);
    expect((await client.put(path, { error_patterns: ['named'], max_attempts: 5, priority: 700 })).status).toBe(200);
    expect((await client.delete(path)).body).toEqual({ status: 'removed' });
    expect(await policyFor({ error_class: 'named' })).toBe('default');
  });

  it.each([
    ['GET', '/policies/nobody'],
    ['PUT', '/policies/nobody'],
    ['DELETE', '/policies/nobody'],
  ])('%s %s finds nobody', async (method, path) => {
    const ask = method === 'PUT' ? { body: { max_attempts: 2 } } : {};
    expectProblem(await client.send(method, path, ask), 404, 'POLICY_NOT_FOUND');
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(129) }, 'name'],
    [{ max_attempts: 0 }, 'max_attempts'],
    [{ max_attempts: 1.5 }, 'max_attempts'],
    [{ base_delay_ms: -1 }, 'base_delay_ms'],
    [{ base_delay_ms: 5_000, max_delay_ms: 4_999 }, 'max_delay_ms'],
    [{ backoff_multiplier: 0 }, 'backoff_multiplier'],
    [{ backoff_multiplier: -2 }, 'backoff_multiplier'],
    [{ jitter_percent: 101 }, 'jitter_percent'],
    [{ jitter_percent: -1 }, 'jitter_percent'],
    [{ priority: 1.5 }, 'priority'],
    [{ error_patterns: 'timeout' }, 'error_patterns'],
    [{ error_patterns: [''] }, 'error_patterns[0]'],
    [{ stop_on_validation: 1 }, 'stop_on_validation'],
    [{ max_elapsed_ms: -1 }, 'max_elapsed_ms'],
  ])('does not begin with %p', async (fields, path) => {
    const answer = await client.post('/policies', { name: 'unsound', max_attempts: 2, ...fields });
    expectProblem(answer, 400);
    expect(problemPaths(answer)).toEqual([path]);
  });

  it('can leave a job to the built-in fallback', async () => {
    const { body: kept } = await client.get('/policies/default');
    await client.delete('/policies/default');
    const { body } = await client.post('/recommendation', { job_type: 'j', error_class: 'odd', attempt_number: 1 });
    expect(body).toMatchObject({ method: 'default', policy: null, should_retry: true, max_attempts: 3 });
    expect((await client.post('/policies', kept)).status).toBe(201);
  });

  it('ends with a DELETE that names the type of a body that it does not have', async () => {
    const ask = { headers: { 'content-type': 'application/json' } };
    await client.post('/policies', { name: 'typed', error_patterns: ['typed'], max_attempts: 2 });
    expect(await client.delete('/policies/typed', ask)).toMatchObject({ status: 200, body: { status: 'removed' } });
    // Control: where there is to be a body, an empty one is refused.
    expectProblem(await client.post('/policies', '', ask), 400, 'INVALID_REQUEST');
    expectProblem(await client.put('/policies/default', '', ask), 400, 'INVALID_REQUEST');
  });
});

describe('max_elapsed_ms', () => {
  it('stops a job whose next retry would start too late', async () => {
    await add({ name: 'brief', error_patterns: ['brief'], base_delay_ms: 1_000, max_elapsed_ms: 60_000 });
    const job = { job_type: 'j', error_class: 'brief', attempt_number: 1 };
    const ask = async (elapsedMs: number) => {
      const first_failed_at = new Date(Date.now() - elapsedMs).toISOString();
      return (await client.post('/recommendation', { ...job, first_failed_at })).body;
    };
    expect(await ask(30_000)).toMatchObject({ decision: 'retry' });
    expect(await ask(60_000)).toMatchObject({
      decision: 'stop',
      reasons: expect.arrayContaining(['max_elapsed_before_retry']),
    });
  });
});

describe('POST /policies/test', () => {
  it('says of every policy whether it matches, and why, in the order in which they are tried', async () => {
    const { body } = await client.post('/policies/test', { job_type: 'j', error_class: 'x', error_code: '429' });
    const evaluations = body['evaluations'] as { policy: string; matches: boolean; because: string }[];
    expect(body).toMatchObject({ matched: 'rate_limit', validation_stop: false });
    expect(evaluations.map(({ policy }) => policy)).toEqual(
      expect.arrayContaining(['rate_limit', 'service_unavailable', 'validation_errors', 'default']),
    );
    expect(evaluations.find(({ policy }) => policy === 'rate_limit')).toMatchObject({ matches: true });
    expect(evaluations.find(({ policy }) => policy === 'service_unavailable')?.because).toContain('503');
  });
});

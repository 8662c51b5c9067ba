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

const KEPT_BY_THE_SERVER = { revision: 0, updated_at: '', updated_by: '', replicas: undefined };
const policyNamed = (name: string) => ({ name, error_patterns: [name], max_attempts: 2, priority: 7 });
const etagOf = async (path: string) => (await client.get(path)).headers.get('etag') ?? '';

describe('what a GET answers', () => {
  it('can be PUT back, and changes nothing', async () => {
    await client.put('/guardrails', {
      emergency_stops: [{ tenant: 'a', queue: 'b', job_type: 'c', reason: 'd' }],
      max_hint_ms: 5_000,
    });
    await client.post('/policies', { ...policyNamed('whole'), max_elapsed_ms: 60_000, tenant_patterns: ['t.*'] });
    const entries = async () => {
      const pages = await Promise.all(['/configuration/history', '/audit'].map((path) => client.get(path)));
      return pages.map(({ body }) => body['entries']);
    };
    const before = await entries();
    for (const path of ['/strategy', '/guardrails', '/policies/whole']) {
      const shown = await client.get(path);
      const put = await client.put(path, shown.body);
      expect(put.status).toBe(200);
      const again = await client.get(path);
      expect({ ...again.body, replicas: undefined }).toEqual({ ...shown.body, replicas: undefined });
      expect([put, again].map(({ headers }) => headers.get('etag'))).toEqual(Array(2).fill(shown.headers.get('etag')));
    }
    expect(await entries()).toEqual(before);
    // Control: what differs makes a revision and an entry.
    await client.put('/guardrails', { max_hint_ms: 5_001 });
    expect(await entries()).not.toEqual(before);
  });
});

describe('PUT /strategy', () => {
  it('replaces: what is required is required', async () => {
    expectProblem(await client.put('/strategy', {}), 400, 'INVALID_REQUEST');
    const { body } = await client.get('/strategy');
    for (const field of ['name', 'enabled', 'policies', 'bayesian_threshold', 'ml_enabled']) {
      const { [field]: _left, ...rest } = body;
      const answer = await client.put('/strategy', rest);
      expectProblem(answer, 400, 'INVALID_REQUEST');
      expect(problemPaths(answer)).toEqual([field]);
    }
  });

  it('is refused as a whole when a part of it is unsound, naming every part', async () => {
    const { body: before } = await client.get('/strategy');
    const answer = await client.put('/strategy', {
      ...before,
      name: 'half',
      policies: [policyNamed('twin'), { ...policyNamed('twin'), error_patterns: ['('] }],
      data_collection: { aggregation_interval: '7m' },
    });
    expectProblem(answer, 400);
    expect(problemPaths(answer)).toEqual(
      expect.arrayContaining([
        'data_collection.aggregation_interval',
        'policies[1].name',
        'policies[1].error_patterns[0]',
      ]),
    );
    expect((await client.get('/strategy')).body).toEqual(before);
  });

  it('takes durations in every spelling, and answers the one of the seed', async () => {
    const { body } = await client.get('/strategy');
    for (const spelling of ['5m', '00:05:00', '300s', 300_000_000_000]) {
      const put = await client.put('/strategy', { ...body, data_collection: { aggregation_interval: spelling } });
      expect(put.body).toMatchObject({ data_collection: { aggregation_interval: '5m' } });
    }
  });
});

describe('PUT /guardrails', () => {
  it('merges', async () => {
    const before = await client.get('/guardrails');
    const { body } = await client.put('/guardrails', { max_attempts: 6 });
    expect({ ...body, ...KEPT_BY_THE_SERVER }).toEqual({ ...before.body, max_attempts: 6, ...KEPT_BY_THE_SERVER });
    expect((await client.put('/guardrails', {})).body).toMatchObject({ max_attempts: 6 });
  });

  it.each([
    [{ max_attempts: 0 }, 'max_attempts'],
    [{ max_delay_ms: -1 }, 'max_delay_ms'],
    [{ max_delay_ms: 1.5 }, 'max_delay_ms'],
    [{ min_delay_ms: 900_000, max_delay_ms: 1 }, 'min_delay_ms'],
    [{ max_budget_percent: 101 }, 'max_budget_percent'],
    [{ emergency_stops: [{}] }, 'emergency_stops[0]'],
    [{ emergency_stops: [{ reason: 'no scope' }] }, 'emergency_stops[0]'],
    [{ emergency_stop: 'yes' }, 'emergency_stop'],
  ])('refuses %p, naming %s', async (patch, path) => {
    const answer = await client.put('/guardrails', patch);
    expectProblem(answer, 400);
    expect(problemPaths(answer).map((named) => named.replace(/^guardrails\./, ''))).toContain(path);
  });
});

describe('If-Match', () => {
  it('lets a write through that has seen the current state', async () => {
    for (const path of ['/strategy', '/guardrails', '/policies', '/policies/default']) {
      expect(await etagOf(path)).toBe(await etagOf('/strategy'));
    }
    const added = await client.post('/policies', policyNamed('seen'), {
      headers: { 'if-match': await etagOf('/policies') },
    });
    expect(added.status).toBe(201);
    expect(added.headers.get('etag')).toBe(await etagOf('/policies'));
    expect((await client.delete('/policies/seen', { headers: { 'if-match': '*' } })).status).toBe(200);
  });

  it('refuses a write that has seen an earlier one, without effect', async () => {
    const stale = { headers: { 'if-match': await etagOf('/strategy') } };
    const { body } = await client.get('/strategy');
    await client.put('/guardrails', { max_budget_percent: 19 });
    expectProblem(await client.put('/strategy', { ...body, name: 'late' }, stale), 409, 'CONFIGURATION_CHANGED');
    expectProblem(await client.post('/policies', policyNamed('late'), stale), 409, 'CONFIGURATION_CHANGED');
    expectProblem(await client.delete('/policies/default', stale), 409, 'CONFIGURATION_CHANGED');
    expect((await client.get('/policies/late')).status).toBe(404);
    expect((await client.get('/policies/default')).status).toBe(200);
    expect((await client.get('/strategy')).body).toMatchObject({ guardrails: { max_budget_percent: 19 } });
  });

  it('may list several: one of them has to be the current one', async () => {
    const current = await etagOf('/strategy');
    const matching = (tags: string) =>
      client.put('/guardrails', { max_budget_percent: 18 }, { headers: { 'if-match': tags } });
    expect((await matching(`"999999", ${current}`)).status).toBe(200);
    // Control: that write made another revision the current one.
    expectProblem(await matching(`"999999", ${current}`), 409, 'CONFIGURATION_CHANGED');
    expectProblem(await matching(`${current}, latest`), 400, 'INVALID_REQUEST');
  });

  it('must be a tag that some answer carried', async () => {
    expectProblem(await client.put('/guardrails', {}, { headers: { 'if-match': 'latest' } }), 400, 'INVALID_REQUEST');
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

  it('makes a repeated write answer what the first one answered', async () => {
    const first = await client.post('/policies', policyNamed('once'), keyed('add-once'));
    const again = await client.post('/policies', policyNamed('once'), keyed('add-once'));
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(first.headers.get('etag')).toMatch(/^"\d+"$/);
    expect((await client.delete('/policies/once', keyed('remove-once'))).status).toBe(200);
    expect((await client.delete('/policies/once', keyed('remove-once'))).status).toBe(200);
    // Control: without a key the repeat is told what it finds.
    expect((await client.delete('/policies/once')).status).toBe(404);
  });

  it('is for one request alone', async () => {
    await client.put('/guardrails', { max_attempts: 9 }, keyed('one'));
    expectProblem(await client.put('/guardrails', { max_attempts: 8 }, keyed('one')), 409, 'IDEMPOTENCY_KEY_REUSED');
    expectProblem(await client.post('/policies', policyNamed('o'), keyed('one')), 409, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('has at most 255 characters', async () => {
    expect((await client.put('/guardrails', {}, keyed('k'.repeat(255)))).status).toBe(200);
    expectProblem(await client.put('/guardrails', {}, keyed('k'.repeat(256))), 400, 'INVALID_REQUEST');
  });

  it('holds for a write that changed nothing', async () => {
    const { body } = await client.get('/guardrails');
    const write = () => client.put('/guardrails', { max_attempts: body['max_attempts'] }, keyed('no-change'));
    const first = await write();
    await client.put('/guardrails', { max_attempts: Number(body['max_attempts']) + 1 });
    const again = await write();
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect((await client.get('/guardrails')).body['max_attempts']).toBe(Number(body['max_attempts']) + 1);
  });

  it('is not used up by a write that was refused', async () => {
    expect((await client.post('/policies', { name: 'later' }, keyed('retry-me'))).status).toBe(400);
    expect((await client.post('/policies', policyNamed('later'), keyed('retry-me'))).status).toBe(201);
  });

  it('holds for twins that come at the same time', async () => {
    const before = (await client.get('/strategy')).body['revision'];
    const twins = await Promise.all(
      Array.from({ length: 6 }, () => client.post('/policies', policyNamed('twins'), keyed('twins'))),
    );
    expect(twins.map(({ status }) => status)).toEqual(twins.map(() => 201));
    expect((await client.get('/strategy')).body['revision']).toBe(Number(before) + 1);
  });
});

describe('writes at the same time', () => {
  it('let one of several equal policies in', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.post('/policies', policyNamed('raced'))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  it('all take effect where they do not contradict each other', async () => {
    const names = ['c0', 'c1', 'c2', 'c3', 'c4'];
    await Promise.all(names.map((name) => client.post('/policies', policyNamed(name))));
    const { body } = await client.get('/policies');
    expect((body['policies'] as { name: string }[]).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });
});

describe('the history', () => {
  it('tells every change once, newest first, page by page', async () => {
    await client.post('/policies', policyNamed('told'));
    await client.put('/policies/told', { max_attempts: 3 });
    await client.delete('/policies/told');
    const actions: string[] = [];
    const changes: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await client.get(`/configuration/history?limit=2&cursor=${cursor}`);
      const entries = body['entries'] as { action: string; changes: unknown[] }[];
      actions.push(...entries.map(({ action }) => action));
      changes.push(...entries.map((entry) => entry.changes));
      cursor = typeof body['next_cursor'] === 'string' ? body['next_cursor'] : '';
    } while (cursor !== '');
    expect(actions.slice(0, 3)).toEqual(['policy.removed', 'policy.replaced', 'policy.added']);
    const [removed, replaced, added] = changes;
    const whole = expect.objectContaining({ name: 'told' }) as unknown;
    expect(added).toEqual([{ path: 'policies[told]', before: null, after: whole }]);
    expect(replaced).toContainEqual({ path: 'policies[told].max_attempts', before: expect.any(Number), after: 3 });
    expect(removed).toEqual([{ path: 'policies[told]', before: whole, after: null }]);
    expect(changes.at(-1)).toEqual([]);
    expect(actions).toHaveLength(Number((await client.get('/strategy')).body['revision']));
  });
});

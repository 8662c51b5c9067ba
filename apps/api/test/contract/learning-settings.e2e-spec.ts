import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, type RunningApi } from '../support/start-api.js';

type Json = Readonly<Record<string, unknown>>;

const DEFAULTS = {
  objective: { value_half_life: '30m', attempt_cost: 0.03 },
  exploration: { enabled: true, max_share: 0.2, anchor_share: 0.02 },
  learning: { mode: 'on', job_types: [], excluded_windows: [] },
};
const LEARNING = {
  mode: 'observe',
  job_types: [
    { job_type: 'mail', mode: 'on', pinned_at: '2026-02-01T00:00:00.000Z', ignore_before: '2026-01-01T00:00:00.000Z' },
    { job_type: 'sync' },
  ],
  excluded_windows: [
    {
      from: '2026-01-15T10:00:00.000Z',
      to: '2026-01-15T12:30:00.500Z',
      job_type: 'mail',
      dependency: 'smtp',
      reason: 'certificate expired',
    },
    { from: '2030-01-01T00:00:00.000Z', to: '2030-01-02T00:00:00.000Z' },
  ],
};

let api: RunningApi;
let client: Client;
let initial: Json;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
  initial = (await client.get('/strategy')).body;
});

afterAll(async () => {
  await api.stop();
});

const getStrategy = async () => (await client.get('/strategy')).body;
/** Replaces the strategy by the one of a new installation, with these changes. */
const put = (changes: Json) => client.put('/strategy', { ...initial, ...changes });
const expectPut = async (changes: Json) => {
  const answer = await put(changes);
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: expect.any(String) });
  return answer.body;
};
const reset = () => expectPut({ learned_max_attempts: null });

describe('a new installation', () => {
  it('has the documented defaults, and says what is not set', () => {
    expect(initial).toMatchObject({ ...DEFAULTS, learned_max_attempts: null });
  });

  it('shows no policy with settings of its own', async () => {
    const { body } = await client.get('/policies');
    for (const policy of body['policies'] as Json[]) {
      for (const field of ['objective', 'exploration', 'learned_max_attempts', 'learned_max_delay_ms']) {
        expect(policy).not.toHaveProperty(field);
      }
    }
  });
});

describe('PUT /strategy', () => {
  it('takes back what GET answered, with every setting given', async () => {
    const changes = {
      objective: { value_half_life: '1h30m', attempt_cost: 0.5 },
      exploration: { enabled: false, max_share: 0.6, anchor_share: 0.4 },
      learning: LEARNING,
      learned_max_attempts: 12,
    };
    expect(await expectPut(changes)).toMatchObject(changes);
    const shown = await getStrategy();
    expect(shown).toMatchObject(changes);
    expect((await client.put('/strategy', shown)).status).toBe(200);
    const { revision: _r, updated_at: _a, ...again } = await getStrategy();
    expect(shown).toMatchObject(again);
    await reset();
  });

  it('keeps what a client of before does not send, so that it undoes nothing', async () => {
    await expectPut({ learning: LEARNING, exploration: { enabled: false }, learned_max_attempts: 12 });
    const { objective: _o, exploration: _e, learning: _l, learned_max_attempts: _m, ...asBefore } = initial;
    expect((await client.put('/strategy', asBefore)).status).toBe(200);
    expect(await getStrategy()).toMatchObject({
      learning: LEARNING,
      exploration: { enabled: false },
      learned_max_attempts: 12,
    });
    // Control: whoever sends the sections replaces them.
    expect(await reset()).toMatchObject(DEFAULTS);
  });

  it('takes null for a section as left out', async () => {
    await expectPut({ learning: { mode: 'off' } });
    expect(await expectPut({ learning: null, objective: null, exploration: null })).toMatchObject({
      ...DEFAULTS,
      learning: { mode: 'off' },
    });
    await reset();
  });

  it('fills a section that is given in part with its defaults', async () => {
    await expectPut({ objective: { value_half_life: '1m', attempt_cost: 1 }, learning: LEARNING });
    expect(
      await expectPut({ objective: { attempt_cost: 0 }, exploration: {}, learning: { mode: 'off' } }),
    ).toMatchObject({
      objective: { value_half_life: '30m', attempt_cost: 0 },
      exploration: DEFAULTS.exploration,
      learning: { mode: 'off', job_types: [], excluded_windows: [] },
    });
    await reset();
  });

  it('forgets learned_max_attempts with null', async () => {
    expect(await expectPut({ learned_max_attempts: 12 })).toMatchObject({ learned_max_attempts: 12 });
    expect(await expectPut({ learned_max_attempts: null })).toMatchObject({ learned_max_attempts: null });
  });

  it('takes a half-life in every spelling, and answers Go text', async () => {
    for (const spelling of ['90s', '00:01:30', '1m30s', 90_000_000_000]) {
      const body = await expectPut({ objective: { value_half_life: spelling } });
      expect(body).toMatchObject({ objective: { value_half_life: '1m30s' } });
    }
    await reset();
  });

  it('takes times of any zone, and answers UTC', async () => {
    const window = { from: '2026-01-15T10:00:00+02:00', to: '2026-01-15T10:00:00Z' };
    expect(await expectPut({ learning: { excluded_windows: [window] } })).toMatchObject({
      learning: { excluded_windows: [{ from: '2026-01-15T08:00:00.000Z', to: '2026-01-15T10:00:00.000Z' }] },
    });
    await reset();
  });

  it('takes empty text and null within learning as absent', async () => {
    const absent = { mode: '', pinned_at: null, ignore_before: '' };
    const window = { ...LEARNING.excluded_windows[1], job_type: '', dependency: null, reason: '' };
    const body = await expectPut({
      learning: { mode: null, job_types: [{ job_type: 'j', ...absent }], excluded_windows: [window] },
    });
    expect(body['learning']).toEqual({
      mode: 'on',
      job_types: [{ job_type: 'j' }],
      excluded_windows: [LEARNING.excluded_windows[1]],
    });
    await reset();
  });

  const job = { job_type: 'j' };
  const window = LEARNING.excluded_windows[1];
  it.each<[Json, string]>([
    [{ objective: { value_half_life: '0s' } }, 'objective.value_half_life'],
    [{ objective: { value_half_life: '745h' } }, 'objective.value_half_life'],
    [{ objective: { value_half_life: '1.5ms' } }, 'objective.value_half_life'],
    [{ objective: { value_half_life: 'soon' } }, 'objective.value_half_life'],
    [{ objective: { value_half_life: 1.5 } }, 'objective.value_half_life'],
    [{ objective: { attempt_cost: -0.01 } }, 'objective.attempt_cost'],
    [{ objective: { attempt_cost: 1.01 } }, 'objective.attempt_cost'],
    [{ objective: { attempt_cost: '0.1' } }, 'objective.attempt_cost'],
    [{ objective: { cost: 1 } }, 'objective.cost'],
    [{ objective: [] }, 'objective'],
    [{ exploration: { enabled: 1 } }, 'exploration.enabled'],
    [{ exploration: { max_share: 1.1 } }, 'exploration.max_share'],
    [{ exploration: { anchor_share: -1 } }, 'exploration.anchor_share'],
    [{ exploration: { max_share: 0.99 } }, 'exploration.max_share'],
    [{ exploration: { share: 0.1 } }, 'exploration.share'],
    [{ learned_max_attempts: 0 }, 'learned_max_attempts'],
    [{ learned_max_attempts: 1_001 }, 'learned_max_attempts'],
    [{ learned_max_attempts: 1.5 }, 'learned_max_attempts'],
    [{ learning: { mode: 'sometimes' } }, 'learning.mode'],
    [{ learning: { modes: 'on' } }, 'learning.modes'],
    [{ learning: { job_types: [{}] } }, 'learning.job_types[0].job_type'],
    [{ learning: { job_types: [{ job_type: '' }] } }, 'learning.job_types[0].job_type'],
    [{ learning: { job_types: [job, job] } }, 'learning.job_types[1].job_type'],
    [{ learning: { job_types: [{ ...job, mode: 'ON' }] } }, 'learning.job_types[0].mode'],
    [{ learning: { job_types: [{ ...job, pinned_at: 'now' }] } }, 'learning.job_types[0].pinned_at'],
    [{ learning: { job_types: [{ ...job, ignore_before: 5 }] } }, 'learning.job_types[0].ignore_before'],
    [{ learning: { job_types: [{ ...job, other: 5 }] } }, 'learning.job_types[0].other'],
    [
      {
        learning: { job_types: [{ ...job, pinned_at: '2026-01-01T00:00:00Z', ignore_before: '2026-01-01T00:00:00Z' }] },
      },
      'learning.job_types[0].ignore_before',
    ],
    [{ learning: { job_types: Array(1_001).fill(job) } }, 'learning.job_types'],
    [{ learning: { excluded_windows: [{ to: window?.to }] } }, 'learning.excluded_windows[0].from'],
    [{ learning: { excluded_windows: [window, { ...window, to: '' }] } }, 'learning.excluded_windows[1].to'],
    [{ learning: { excluded_windows: [{ ...window, to: window?.from }] } }, 'learning.excluded_windows[0].to'],
    [
      { learning: { excluded_windows: [{ ...window, from: '0000-01-01T00:00:00Z' }] } },
      'learning.excluded_windows[0].from',
    ],
    [
      { learning: { excluded_windows: [{ ...window, job_type: 'x'.repeat(256) }] } },
      'learning.excluded_windows[0].job_type',
    ],
    [{ learning: { excluded_windows: [{ ...window, queue: 'q' }] } }, 'learning.excluded_windows[0].queue'],
    [
      { policies: [{ name: 'p', max_attempts: 2, objective: { value_half_life: 'x' } }] },
      'policies[0].objective.value_half_life',
    ],
    [
      { policies: [{ name: 'p', max_attempts: 2, exploration: { anchor_share: 0.9 } }] },
      'policies[0].exploration.max_share',
    ],
  ])('refuses %j, naming %s', async (changes, path) => {
    const before = await getStrategy();
    const answer = await put(changes);
    expectProblem(answer, 400);
    expect(problemPaths(answer)).toEqual([path]);
    expect(await getStrategy()).toEqual(before);
  });
});

describe('a policy', () => {
  const SETTINGS = {
    objective: { value_half_life: '10s' },
    exploration: { enabled: false, max_share: 0.1 },
    learned_max_attempts: 12,
    learned_max_delay_ms: 900_000,
  };
  const policy = { name: 'own', error_patterns: ['own'], max_attempts: 3 };

  it('has settings of its own where it is given some, in every answer', async () => {
    const added = await client.post('/policies', { ...policy, ...SETTINGS });
    expect(added).toMatchObject({ status: 201, body: { policy: SETTINGS } });
    const shown = await client.get('/policies/own');
    expect(shown.body).toMatchObject(SETTINGS);
    expect((shown.body['objective'] as Json)['attempt_cost']).toBeUndefined();
    expect(await client.put('/policies/own', shown.body)).toMatchObject({ status: 200, body: { policy: shown.body } });
    const listed = (await client.get('/policies')).body['policies'] as Json[];
    expect(listed.find(({ name }) => name === 'own')).toEqual(shown.body);
    expect((await getStrategy())['policies']).toContainEqual(shown.body);
    await client.delete('/policies/own');
  });

  it('takes null for every one of them as absent', async () => {
    const nulls = Object.fromEntries(['max_elapsed_ms', ...Object.keys(SETTINGS)].map((field) => [field, null]));
    expect((await client.post('/policies', { ...policy, ...nulls })).status).toBe(201);
    const { body } = await client.get('/policies/own');
    for (const field of Object.keys(nulls)) expect(body).not.toHaveProperty(field);
    await client.delete('/policies/own');
  });

  it('is still matched by the jobs that it is for', async () => {
    await client.post('/policies', { ...policy, ...SETTINGS, priority: 900 });
    const { body } = await client.post('/policies/test', { job_type: 'j', error_class: 'own' });
    expect(body).toMatchObject({ matched: 'own' });
    await client.delete('/policies/own');
  });

  it.each<[Json, string]>([
    [{ objective: { value_half_life: '0s' } }, 'objective.value_half_life'],
    [{ objective: { value_half_life: '-1s' } }, 'objective.value_half_life'],
    [{ objective: { attempt_cost: 2 } }, 'objective.attempt_cost'],
    [{ objective: { worth: 2 } }, 'objective.worth'],
    [{ exploration: { max_share: 0.9, anchor_share: 0.2 } }, 'exploration.max_share'],
    [{ exploration: { enabled: null } }, 'exploration.enabled'],
    [{ learned_max_attempts: 0 }, 'learned_max_attempts'],
    [{ learned_max_attempts: '12' }, 'learned_max_attempts'],
    [{ learned_max_delay_ms: -1 }, 'learned_max_delay_ms'],
    [{ learned_max_delay_ms: 31 * 86_400_000 + 1 }, 'learned_max_delay_ms'],
    [{ learning: { mode: 'off' } }, 'learning'],
  ])('is refused with %j, naming %s', async (fields, path) => {
    const answer = await client.post('/policies', { ...policy, ...fields });
    expectProblem(answer, 400);
    expect(problemPaths(answer)).toEqual([path]);
  });
});

describe('docs/learning.md', () => {
  it('has examples that are accepted as they are', async () => {
    const guide = await readFile(new URL('../../../../docs/learning.md', import.meta.url), 'utf8');
    const examples = [...guide.matchAll(/^```json\n(.*?)^```/gms)].map(([, text = '']) => JSON.parse(text) as Json);
    const [changes = {}, policy = {}] = examples;
    expect(examples).toHaveLength(2);
    expect(await expectPut(changes)).toMatchObject({ learning: { mode: 'observe' } });
    expect(await client.post('/policies', policy)).toMatchObject({ status: 201, body: { policy } });
    await reset();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import type { Advice } from '../support/teaching.js';

const MINUTE_MS = 60_000;
const LONGEST_DELAY_MS = 50_000;
const RETRIES_TAUGHT = 300;
const OUTAGE = { job_type: 'sync', error_class: 'timeout' };
const POISON = { job_type: 'sync', error_class: 'bad_record' };
const WAITING = { ...OUTAGE, dependency: 'erp', job_id: 'waiting', attempt_number: 1 };

let api: RunningApi;
let client: Client;
let jobs = 0;

const ask = async (job: object) => (await client.post('/recommendation', job)).body;
const report = async (attempts: readonly object[]) =>
  expect((await client.post('/attempt/batch', { attempts })).status).toBe(200);
const timeAgo = (ms: number) => new Date(Date.now() - ms).toISOString();
const stateOf = async (dependency: string) => {
  const { breaker, parked, budget_left } = (await client.get(`/dependencies/${dependency}`)).body;
  return { breaker: (breaker as { readonly state: string }).state, parked, isBudgeted: budget_left !== null };
};

/** It has been failing for so long that retries are known to be hopeless. */
async function failForAnHour(dependency: string): Promise<void> {
  for (let minutes = 56; minutes > 0; minutes -= 8) {
    const job = { ...OUTAGE, dependency, job_id: `${dependency}-${minutes}`, attempt_number: 1 };
    await ask({ ...job, failed_at: timeAgo(minutes * MINUTE_MS) });
  }
}

interface Lesson {
  readonly success: boolean;
  readonly dependencyOf: (job: number) => string;
}

/** Lets many jobs ask, and reports what became of their retries after every delay that there is to choose from. */
async function teach(kind: object, { success, dependencyOf }: Lesson): Promise<void> {
  const failed = Array.from({ length: RETRIES_TAUGHT }, () => {
    const job = jobs++;
    return { ...kind, job_id: `taught-${job}`, dependency: dependencyOf(job), attempt_number: 1 };
  });
  const { body } = await client.post('/recommendation/batch', { features: failed });
  const recommendations = body['recommendations'] as readonly Advice[];
  await report(
    failed.map((job, i) => ({
      ...job,
      attempt_number: 2,
      success,
      actual_delay_ms: Math.round(100 * (LONGEST_DELAY_MS / 100) ** (i / (RETRIES_TAUGHT - 1))),
      recommendation_id: recommendations[i]?.recommendation_id,
    })),
  );
}

/** First tries came through until a minute ago, and fail now. */
async function openBreaker(dependency: string): Promise<void> {
  const window = { window_start: timeAgo(5 * MINUTE_MS), window_end: timeAgo(MINUTE_MS) };
  await client.post('/attempt/counts', {
    counts: [{ job_type: OUTAGE.job_type, dependency, succeeded: 300, failed: 0, ...window }],
  });
  const failed = Array.from({ length: 30 }, () => ({ ...OUTAGE, dependency, job_id: `down-${jobs++}` }));
  await report(failed.map((job) => ({ ...job, attempt_number: 1, success: false })));
}

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
  const { body: strategy } = await client.get('/strategy');
  const objective = { value_half_life: '30m', attempt_cost: 0.1 };
  expect((await client.put('/strategy', { ...strategy, objective })).status).toBe(200);
  expect((await client.put('/guardrails', { max_delay_ms: LONGEST_DELAY_MS })).status).toBe(200);
  for (const kind of [OUTAGE, POISON]) {
    await failForAnHour('elsewhere');
    await teach(kind, { success: false, dependencyOf: () => 'elsewhere' });
  }
  await teach(OUTAGE, { success: true, dependencyOf: (job) => `fresh-${job}` });
  await teach(POISON, { success: false, dependencyOf: (job) => `fresh-${job}` });
});
afterAll(() => api.stop());

describe('a job whose retries are hopeless until its dependency is back', () => {
  it('is given up where no breaker says that the dependency is left alone', async () => {
    await failForAnHour('unguarded');
    expect(await ask({ ...WAITING, dependency: 'unguarded' })).toMatchObject({
      decision: 'stop',
      method: 'bayesian',
      reasons: expect.arrayContaining(['not_worth_its_cost']),
    });
  });

  it('waits at an open breaker without an attempt or a place, and gets its retry once that is closed', async () => {
    await failForAnHour('erp');
    await openBreaker('erp');
    const before = await stateOf('erp');
    expect(before).toMatchObject({ breaker: 'open', isBudgeted: true });
    const waiting = await ask(WAITING);
    expect(waiting).toMatchObject({
      decision: 'defer',
      should_retry: true,
      method: 'bayesian',
      counts_as_attempt: false,
      policy_guardrails: ['breaker'],
      reasons: expect.arrayContaining(['breaker_open', 'awaits_dependency', 'not_worth_its_cost']),
    });
    expect(waiting['estimated_success']).toBeGreaterThan(0.9);
    expect(await ask({ ...WAITING, ...POISON, job_id: 'poison' })).toMatchObject({
      decision: 'stop',
      policy_guardrails: [],
      reasons: expect.not.arrayContaining(['awaits_dependency']),
    });
    expect(await stateOf('erp')).toEqual(before);

    await untilPasses(async () => {
      await report([{ ...OUTAGE, dependency: 'erp', job_id: `back-${jobs++}`, attempt_number: 1, success: true }]);
      expect(await stateOf('erp')).toMatchObject({ breaker: 'closed' });
    });
    expect(await ask(WAITING)).toMatchObject({
      decision: 'retry',
      counts_as_attempt: true,
      policy_guardrails: [],
      reasons: expect.not.arrayContaining(['awaits_dependency']),
    });
    expect(await ask({ ...WAITING, ...POISON, job_id: 'poison' })).toMatchObject({ decision: 'stop' });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilPasses } from '../faults/support/until-passes.js';
import { readFixture, readFixtureText, type Json } from '../seed/fixtures.js';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { askOften, isExplored, RECOVERY_MS, samplesOf, type Advice, type Kind } from '../support/teaching.js';

const TIMEOUT_MS = 120_000;
const RUNS = 200;

let dataDir: string;
let api: RunningApi;
let client: Client;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'smart-retry-teach-'));
  await start();
  const { body: strategy } = await client.get('/strategy');
  expect((await client.put('/strategy', { ...strategy, learned_max_attempts: 8 })).status).toBe(200);
}, TIMEOUT_MS);

afterAll(async () => {
  await api.stop();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}, TIMEOUT_MS);

const start = async () => {
  api = await startApi({ dataDir });
  client = createClient(api.baseUrl);
};

/** Runs the JavaScript client's source for a job of its own; the operation succeeds if it waited long enough. */
const runJavaScriptClient = async (run: number) => {
  let waitedMs = 0;
  const page = {
    fetch: (path: string, init: RequestInit) => fetch(new URL(path, api.baseUrl), init),
    retryOperation: () => Promise.resolve(waitedMs >= RECOVERY_MS),
    setTimeout: (wake: () => void, delayMs: number) => {
      waitedMs = delayMs;
      return setTimeout(wake, 0);
    },
  };
  const source = (await readFixtureText('javascript-client.txt')).replace('job_123', `job_${run}`);
  await (runInNewContext(`(async () => {${source}})()`, page) as Promise<void>);
};

/** Sends what the Go client sends, for a job of its own. */
const runGoClient = async (run: number) => {
  const fixture = await readFixture<{ readonly features: Json; readonly attempt: Json }>('go-client');
  const { body } = await client.post('/recommendation', { ...fixture.features, job_type: 'go_mail' });
  if (body['should_retry'] !== true) return;
  const delay_ms = Number(body['delay_ms']);
  const { status } = await client.post('/attempt', {
    ...fixture.attempt,
    job_id: `go_${run}`,
    job_type: 'go_mail',
    delay_ms,
    success: delay_ms >= RECOVERY_MS,
    timestamp: new Date().toISOString(),
  });
  expect(status).toBe(200);
};

const meansOf = async ({ job_type, error_class }: Kind) => {
  const { status, body } = await client.post('/bayesian/update', { job_type, error_class });
  expect(status).toBe(200);
  const buckets = body['buckets'] as readonly { readonly label: string; readonly estimated_success: number }[];
  return Object.fromEntries(buckets.map(({ label, estimated_success }) => [label, estimated_success]));
};

describe.each([
  ['JavaScript', { job_type: 'email_send', error_class: 'timeout' }, runJavaScriptClient],
  ['Go', { job_type: 'go_mail', error_class: 'timeout' }, runGoClient],
] as const)("the seed's %s client", (_name, kind, run) => {
  it(
    'teaches to wait as long as it takes, though the rules never do',
    async () => {
      const rulesOnly = await askOften(
        client,
        { ...kind, job_type: `${kind.job_type}_untaught`, attempt_number: 2 },
        20,
      );
      let runs = 0;
      while (runs < RUNS) await run(runs++);
      // Many failures within a second look like an outage, until retries come through.
      await untilPasses(
        async () => {
          await run(runs++);
          const { body } = await client.post('/recommendation', { ...kind, attempt_number: 2 });
          expect(body['decision']).toBe('retry');
        },
        { deadlineMs: 60_000 },
      );
      // Control: what nobody has taught waits by the rules, too short.
      expect(rulesOnly.every(({ method, delay_ms }) => method === 'rules' && delay_ms < RECOVERY_MS)).toBe(true);
      const advice = await askOften(client, { ...kind, attempt_number: 2 });
      expect(new Set(advice.map(({ method }) => method))).toEqual(new Set(['bayesian']));
      const best = advice.filter((answer) => !isExplored(answer));
      expect(best.length).toBeGreaterThan(50);
      expect(best.filter(({ delay_ms }) => delay_ms < 0.9 * RECOVERY_MS)).toEqual([]);
      for (const answer of best) {
        const [lo, hi] = answer.estimated_success_interval;
        expect(answer.estimated_success).toBeGreaterThan(0.6);
        expect(lo).toBeLessThan(answer.estimated_success);
        expect(hi).toBeGreaterThan(answer.estimated_success);
        expect(answer).toMatchObject({ decision: 'retry', max_attempts: 8, confidence: expect.any(Number) });
        expect(answer.confidence).toBeGreaterThanOrEqual(0.7);
        expect(answer.alternatives.length).toBeGreaterThan(0);
        await expectOneFooting(client, answer);
        expect(answer.rationale).toMatch(
          new RegExp(`is worth \\d\\.\\d+, .* \\d+ of \\d+ retries of ${kind.job_type} that waited .* succeeded`),
        );
      }
    },
    TIMEOUT_MS,
  );

  it('leaves a curve that tells which delays succeed', async () => {
    const means = await meansOf(kind);
    expect(means['1-5s']).toBeLessThan(0.25);
    expect(Math.max(...Object.values(means))).toBeGreaterThan(0.75);
    expect(means['15-30s']).toBeGreaterThan(0.5);
  });
});

const logOdds = (chance: number) => Math.log(chance / (1 - chance));

/** What is shown of alternatives was corrected by as much as the answer itself; in the record the layer's own are beside it. */
async function expectOneFooting(client: Client, { recommendation_id, alternatives }: Advice) {
  const { body } = await client.get(`/decisions/${recommendation_id}`);
  const { recommendation, evidence } = body as {
    recommendation: Advice;
    evidence: { odds_shift: number; layers: readonly { kind: string; alternatives?: Advice['alternatives'] }[] };
  };
  expect(recommendation.alternatives).toEqual(alternatives);
  expect(evidence.odds_shift).not.toBe(0);
  const believed = evidence.layers.find(({ kind }) => kind === 'proposal')?.alternatives ?? [];
  expect(alternatives.map(({ delay_ms, value }) => ({ delay_ms, value }))).toEqual(
    believed.map(({ delay_ms, value }) => ({ delay_ms, value })),
  );
  alternatives.forEach(({ estimated_success: shown }, i) => {
    const chance = believed[i]?.estimated_success ?? 0;
    const expected = 1 / (1 + Math.exp(-logOdds(Math.min(0.9999, Math.max(0.0001, chance))) - evidence.odds_shift));
    expect(shown).toBeCloseTo(expected, 3);
  });
}

describe('a worker that reports each attempt with nothing but when it ended', () => {
  it(
    'teaches what was waited between its reports, live and from history',
    async () => {
      const kind = { job_type: 'told_by_time', error_class: 'timeout' };
      const endedAtMs = Date.now() - 3_600_000;
      for (let i = 0; i < 40; i++) {
        const waitedMs = i % 2 === 0 ? 3_000 : 20_000;
        const failed = { ...kind, job_id: `timed_${i}`, attempt_number: 1, success: false };
        const retry = { ...failed, attempt_number: 2, success: waitedMs >= RECOVERY_MS, processing_time: '1s' };
        for (const [attempt, atMs] of [
          [failed, endedAtMs],
          [retry, endedAtMs + waitedMs + 1_000],
        ] as const) {
          const { status } = await client.post('/attempt', { ...attempt, timestamp: new Date(atMs).toISOString() });
          expect(status).toBe(200);
        }
      }
      expect(await samplesOf(client, kind)).toBe(40);
      const means = await meansOf(kind);
      expect(means['1-5s']).toBeLessThan(0.25);
      expect(means['15-30s']).toBeGreaterThan(0.75);
      await api.kill9();
      await start();
      await untilPasses(async () => expect(await samplesOf(client, kind)).toBe(40));
      const relearned = await meansOf(kind);
      for (const [label, mean] of Object.entries(means)) expect(relearned[label]).toBeCloseTo(mean, 2);
    },
    TIMEOUT_MS,
  );
});

describe('a server that was killed', () => {
  it(
    'knows after its start what it had learned',
    async () => {
      const kind = { job_type: 'email_send', error_class: 'timeout' };
      const [samples, means] = [await samplesOf(client, kind), await meansOf(kind)];
      expect(samples).toBeGreaterThan(RUNS / 2);
      await api.kill9();
      await start();
      await untilPasses(async () => expect(await samplesOf(client, kind)).toBe(samples));
      const relearned = await meansOf(kind);
      for (const [label, mean] of Object.entries(means)) expect(relearned[label]).toBeCloseTo(mean, 2);
      const advice = await askOften(client, { ...kind, attempt_number: 2 });
      expect(new Set(advice.map(({ method }) => method))).toEqual(new Set(['bayesian']));
    },
    TIMEOUT_MS,
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_OBJECTIVE, type DecisionRecord } from '@smart-retry/domain';
import pg from 'pg';
import { exampleAttempt, exampleDecision, NOON_MS } from '../../contract/examples.js';
import { openTestPostgres } from '../testing/open-test-postgres.js';

let stores: Awaited<ReturnType<typeof openTestPostgres>>;

beforeAll(async () => {
  stores = await openTestPostgres();
});
afterAll(() => stores.close());

/** As decisions were stored when three of their columns were JSON. */
async function insertAsBefore({ features, recommendation, ...record }: DecisionRecord): Promise<void> {
  const client = new pg.Client({ connectionString: stores.url });
  await client.connect();
  await client.query(
    `CREATE TABLE IF NOT EXISTS decisions_noon PARTITION OF decisions FOR VALUES FROM (${NOON_MS}) TO (${NOON_MS + 1_000})`,
  );
  await client.query(
    `INSERT INTO decisions (decided_at_ms, attempt_number, delay_ms, should_retry, recommendation_id, method, job_type, tenant,
      job_id, rng_seed, features, recommendation, evidence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      record.decidedAtMs,
      features.attemptNumber,
      recommendation.delayMs,
      recommendation.shouldRetry,
      record.recommendationId,
      recommendation.method,
      features.jobType,
      features.tenant ?? '',
      features.jobId,
      JSON.stringify(record.rngSeed),
      JSON.stringify(features),
      JSON.stringify(recommendation),
      JSON.stringify(record.evidence),
    ],
  );
  await client.end();
}

describe('a decision that was stored before records were one text', () => {
  it('is found, teaches with its propensity, and counts for its arm', async () => {
    const example = exampleDecision({ jobId: 'job', tenant: 'tenant' }, { propensity: 0.25 });
    const trial = { arm: 'v1', forecasts: [] };
    const layers = [{ kind: 'abstention', layer: 'ml', reason: 'ml_unsure', trial } as const];
    const record = { ...example, evidence: { ...example.evidence, layers } };
    await insertAsBefore(record);
    const { recommendationId, decidedAtMs } = record;
    await stores.attempts.record([
      exampleAttempt(
        { jobId: 'job', tenant: 'tenant', actualDelayMs: 5_000, timestampMs: NOON_MS + 5_000 },
        { link: { source: 'recommendation', recommendationId } },
      ),
    ]);
    const window = { fromMs: NOON_MS, toMs: NOON_MS + 60_000 };

    expect(await stores.decisions.find(recommendationId, decidedAtMs)).toEqual(record);
    const exported: unknown[] = [];
    await stores.subjects.read({ tenant: 'tenant' }, (one) => Promise.resolve(void exported.push(one)));
    expect(exported).toContainEqual({ kind: 'decision', decision: record });
    const taught: unknown[] = [];
    await stores.teaching.read(window, { jobShare: 1 }, (page) => void taught.push(...page));
    expect(taught).toMatchObject([{ propensity: 0.25 }]);
    const arms = await stores.trials.arms({ ...window, objective: DEFAULT_OBJECTIVE, maxDecisions: 10 });
    expect(arms).toMatchObject([{ arm: 'v1', made: 1, successes: 1 }]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptReport, FailureLink, TaughtRetry } from '@smart-retry/domain';
import {
  appendDecisions,
  exampleAttempt,
  exampleDecision,
  exampleFirstTry,
  NOON_MS,
  unique,
} from '../contract/examples.js';
import type { Opened } from '../contract/opened.js';
import type { PostgresStores } from './open-postgres.js';
import { openTestPostgres } from './testing/open-test-postgres.js';

let stores: Opened<PostgresStores>;
let nextDayMs = NOON_MS;

beforeAll(async () => {
  stores = await openTestPostgres();
});
afterAll(() => stores.close());

/** A day of its own for each test. */
const newDay = () => (nextDayMs += 2 * 86_400_000);
const read = async (atMs: number, jobShare = 1): Promise<readonly TaughtRetry[]> => {
  const rows: TaughtRetry[] = [];
  const window = { fromMs: atMs - 3_600_000, toMs: atMs + 3_600_000 };
  await stores.teaching.read(window, { jobShare }, (page) => void rows.push(...page));
  return rows;
};
const retry = (report: Partial<AttemptReport>, link: Partial<FailureLink> | null = {}, delayMs = 5_000) =>
  exampleAttempt({ payloadSize: 9, health: { cpu: 0.9 }, actualDelayMs: delayMs, ...report }, { link });

describe('the teaching history', () => {
  it('takes what was known from the decision, and the wait and the outcome from the retry', async () => {
    const atMs = newDay();
    const decision = exampleDecision(
      { payloadSize: 4, health: { cpu: 0.1 }, failedAtMs: atMs - 7_000 },
      { propensity: 0.25 },
      { decidedAtMs: atMs - 6_000 },
    );
    await appendDecisions(stores.decisions, [decision]);
    const { recommendationId } = decision;
    await stores.attempts.record([
      retry({ timestampMs: atMs, processingTimeMs: 300 }, { source: 'recommendation', recommendationId }),
    ]);
    expect(await read(atMs)).toMatchObject([
      {
        source: 'recommendation',
        context: { payloadSize: 4, health: { cpu: 0.1 }, errorCode: '503', attemptNumber: 1, failedAtMs: atMs - 7_000 },
        delayMs: 5_000,
        success: true,
        atMs,
        processingTimeMs: 300,
        propensity: 0.25,
      },
    ]);
  });

  it('takes it from the record of the failed attempt where nobody was asked, and not from the retry', async () => {
    const atMs = newDay();
    const job = { jobId: unique('job'), tenant: unique('tenant') };
    const failure = { ...job, success: false, errorClass: 'timeout', health: { cpu: 0.2 }, timestampMs: atMs - 9_000 };
    await stores.attempts.record([
      exampleFirstTry(failure),
      // Another tenant's job of the same id.
      exampleFirstTry({ ...failure, tenant: 'other', health: { cpu: 0.7 }, timestampMs: atMs - 8_000 }),
      retry({ ...job, timestampMs: atMs }, { source: 'job' }),
    ]);
    const [row, ...others] = await read(atMs);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ source: 'job', context: { health: { cpu: 0.2 }, failedAtMs: atMs - 9_000 } });
    expect(row).not.toHaveProperty('propensity');
  });

  it('takes a retry that is linked to itself for its own witness, and one linked by shape for none', async () => {
    const atMs = newDay();
    await stores.attempts.record([
      retry({ timestampMs: atMs, jobId: 'a' }, { source: 'self' }),
      retry({ timestampMs: atMs, jobId: 'b' }, { source: 'shape' }),
    ]);
    const bySource = new Map((await read(atMs)).map((row) => [row.source, row.context]));
    expect(bySource.get('self')).toMatchObject({ health: { cpu: 0.9 }, failedAtMs: atMs - 5_000 });
    expect(bySource.get('shape')).not.toHaveProperty('health');
  });

  it('counts and reads what is linked, has a wait and lies in the half-open window', async () => {
    const atMs = newDay();
    const window = { fromMs: atMs, toMs: atMs + 1_000 };
    await stores.attempts.record([
      retry({ timestampMs: atMs - 1 }),
      retry({ timestampMs: atMs, success: false }),
      retry({ timestampMs: atMs + 999 }),
      retry({ timestampMs: atMs + 1_000 }),
      retry({ timestampMs: atMs + 5 }, null),
      exampleAttempt({ timestampMs: atMs + 6 }),
    ]);
    expect(await stores.teaching.count(window)).toEqual({ retries: 2, successes: 1 });
    const rows: TaughtRetry[] = [];
    await stores.teaching.read(window, { jobShare: 1 }, (page) => void rows.push(...page));
    expect(rows).toHaveLength(2);
  });

  it('reads a share of the jobs, each whole or not at all, the smaller share within the larger one', async () => {
    const atMs = newDay();
    const jobs = Array.from({ length: 400 }, (_, i) => `sampled-${i}`);
    await stores.attempts.record(
      jobs.flatMap((jobId, i) =>
        [2, 3].map((attemptNumber) =>
          retry({ jobId, attemptNumber, timestampMs: atMs + i }, { failedAttemptNumber: attemptNumber - 1 }),
        ),
      ),
    );
    const jobsOf = (rows: readonly TaughtRetry[]) => new Set(rows.map(({ jobId }) => jobId));
    const [half, fifth] = [await read(atMs, 0.5), await read(atMs, 0.2)];
    expect(half).toHaveLength(2 * jobsOf(half).size);
    expect(jobsOf(half).size).toBeGreaterThan(150);
    expect(jobsOf(half).size).toBeLessThan(250);
    expect([...jobsOf(fifth)].every((job) => jobsOf(half).has(job))).toBe(true);
    expect(jobsOf(fifth).size).toBeLessThan(120);
  });
});

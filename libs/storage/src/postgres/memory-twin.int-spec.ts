import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptStore, DecisionStore, OutcomeHistory, OutcomePage, TaughtOutcome } from '@smart-retry/domain';
import fc from 'fast-check';
import {
  NOON_MS,
  appendDecisions,
  exampleAttempt,
  exampleCounts,
  exampleDecision,
  unique,
} from '../contract/examples.js';
import { openMemory } from '../memory/open-memory.js';
import { DAY_MS } from '../utc-days.js';
import type { PostgresStores } from './open-postgres.js';
import { openTestPostgres } from './testing/open-test-postgres.js';

interface Stores {
  readonly attempts: AttemptStore;
  readonly decisions: DecisionStore;
  readonly outcomes: OutcomeHistory;
}

/** Does one thing to either pair of stores and answers what there is to be seen of it. */
type Command = (stores: Stores, tenant: string) => Promise<unknown>;

const HOUR_MS = 3_600_000;
const timestampMs = fc.integer({ min: 0, max: 60 }).map((hours) => NOON_MS + hours * HOUR_MS);
const jobId = fc.constantFrom('a', 'a:b', 'ключ');
const attemptNumber = fc.integer({ min: 1, max: 3 });

const recordAttempts: fc.Arbitrary<Command> = fc
  .array(
    fc.record({
      jobId,
      attemptNumber,
      timestampMs,
      success: fc.boolean(),
      errorClass: fc.constantFrom('timeout', '429'),
      isRetry: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((reports) => {
    return ({ attempts }, tenant) =>
      attempts.record(
        reports.map(({ isRetry, ...report }) =>
          exampleAttempt({ ...report, tenant }, { isRetry, link: isRetry ? { delayMs: 4_000 } : null }),
        ),
      );
  });

const recordCounts: fc.Arbitrary<Command> = fc
  .record({ windowStartMs: timestampMs, succeeded: fc.nat(9), failed: fc.nat(9) })
  .map((counts) => {
    return ({ attempts }, tenant) => attempts.recordCounts([exampleCounts({ ...counts, tenant })]);
  });

const appendDecision: fc.Arbitrary<Command> = fc
  .record({
    recommendationId: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    decidedAtMs: timestampMs,
    jobId: fc.option(jobId, { nil: undefined }),
    attemptNumber,
    shouldRetry: fc.boolean(),
  })
  .map(({ recommendationId, decidedAtMs, jobId: job, attemptNumber: failedAttempt, shouldRetry }) => {
    return ({ decisions }, tenant) =>
      appendDecisions(decisions, [
        exampleDecision(
          { tenant, attemptNumber: failedAttempt, ...(job === undefined ? {} : { jobId: job }) },
          { shouldRetry },
          // An id is signed with its time, so one id never comes with two of them.
          { recommendationId: `${tenant}-${recommendationId}-${decidedAtMs}`, decidedAtMs },
        ),
      ]);
  });

const readStatistics: fc.Arbitrary<Command> = fc
  .record({ edges: fc.tuple(timestampMs, timestampMs), groupBy: fc.constantFrom('error_class', 'job_type') })
  .map(({ edges, groupBy }) => {
    return ({ attempts }, tenant) =>
      attempts.statistics({ filter: { tenant }, groupBy, fromMs: Math.min(...edges), toMs: Math.max(...edges) + 1 });
  });

const findFailures: fc.Arbitrary<Command> = fc.record({ jobId, attemptNumber, sinceMs: timestampMs }).map((lookup) => {
  return ({ attempts }, tenant) =>
    attempts.findFailures([{ ...lookup, tenant, jobType: 'email_send', delayMs: 4_000 }]);
});

const pageDecisions: fc.Arbitrary<Command> = fc.integer({ min: 1, max: 4 }).map((limit) => {
  return ({ decisions }, tenant) => decisions.page({ tenant, limit });
});

const readOutcomes: fc.Arbitrary<Command> = fc.constant(async ({ outcomes: history }: Stores, tenant: string) => {
  const taught: TaughtOutcome[] = [];
  let page: OutcomePage | undefined;
  do {
    page = await history.outcomesAfter(page?.cursor ?? null, { sinceMs: NOON_MS + 12 * HOUR_MS, limit: 500 });
    taught.push(...page.outcomes.map(({ outcome }) => outcome).filter((outcome) => outcome.tenant === tenant));
  } while (!page.isComplete);
  return taught.map((outcome) => JSON.stringify(outcome)).sort();
});

/** Statistics name groups of equal size in any order. */
function withoutOrderOfTies(answer: unknown): unknown {
  return Array.isArray(answer) ? [...answer].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : answer;
}

describe('Postgres and memory', () => {
  let postgres: PostgresStores;
  beforeAll(async () => {
    postgres = await openTestPostgres();
  });
  afterAll(() => postgres.close());

  it('answer the same to any sequence of commands', async () => {
    const memory = openMemory();
    const command = fc.oneof(
      recordAttempts,
      recordCounts,
      appendDecision,
      readStatistics,
      readOutcomes,
      findFailures,
      pageDecisions,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async (commands) => {
        const tenant = unique('tenant');
        for (const run of commands) {
          const [actual, expected] = [await run(postgres, tenant), await run(memory, tenant)];
          const isStatistics = Array.isArray(expected) && expected.some((entry) => 'group' in Object(entry));
          if (isStatistics) expect(withoutOrderOfTies(actual)).toEqual(withoutOrderOfTies(expected));
          else expect(actual).toEqual(expected);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('drop the same days', async () => {
    const memory = openMemory();
    const tenant = unique('tenant');
    const startMs = Date.UTC(2003, 0, 1);
    const attempts = [0, 0, 2, 5, 6].map((day) => exampleAttempt({ tenant, timestampMs: startMs + day * DAY_MS }));
    for (const stores of [postgres, memory]) await stores.attempts.record(attempts);
    for (const beforeMs of [
      startMs,
      startMs + DAY_MS - 1,
      startMs + DAY_MS,
      startMs + 5.5 * DAY_MS,
      startMs + 9 * DAY_MS,
    ]) {
      expect(await postgres.attempts.dropBefore(beforeMs)).toBe(await memory.attempts.dropBefore(beforeMs));
      const query = { filter: { tenant }, fromMs: 0, toMs: startMs + 30 * DAY_MS };
      expect(await postgres.attempts.statistics(query)).toEqual(await memory.attempts.statistics(query));
    }
  });
});

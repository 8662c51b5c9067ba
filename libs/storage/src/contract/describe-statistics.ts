import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AGGREGATION_INTERVALS_MS,
  STATISTICS_DIMENSIONS,
  type AttemptCounts,
  type AttemptRecord,
  type AttemptStore,
  type RetryStatistics,
  type StatisticsQuery,
} from '@smart-retry/domain';
import fc from 'fast-check';
import { tallyStatistics } from '../memory/tally-statistics.js';
import { NOON_MS, exampleAttempt, exampleCounts, exampleFirstTry, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

const HOUR_MS = 3_600_000;

export function describeStatistics(name: string, open: Open<{ readonly attempts: AttemptStore }>): void {
  describe(`${name} statistics`, () => {
    let stores: Opened<{ readonly attempts: AttemptStore }>;
    let store: AttemptStore;
    beforeAll(async () => {
      stores = await open();
      store = stores.attempts;
    });
    afterAll(() => stores.close());

    it('are zero, not missing, where nothing matches, and no group where groups are asked for', async () => {
      const query = { filter: { tenant: unique('nobody') }, fromMs: NOON_MS, toMs: NOON_MS + HOUR_MS };
      expect(await store.statistics(query)).toEqual([
        {
          group: null,
          successfulRetries: 0,
          failedRetries: 0,
          avgDelayMs: null,
          lastAttemptAtMs: null,
          recordedRetries: 0,
          recordedDelays: 0,
          firstTriesSucceeded: 0,
          firstTriesFailed: 0,
        },
      ]);
      expect(await store.statistics({ ...query, groupBy: 'queue' })).toEqual([]);
    });

    it('are exact to the millisecond at both edges, which are half-open', async () => {
      const tenant = unique('tenant');
      const fromMs = NOON_MS + 123;
      const toMs = NOON_MS + 5 * HOUR_MS + 456;
      const edges = [fromMs - 1, fromMs, toMs - 1, toMs];
      await store.record(edges.map((timestampMs) => exampleAttempt({ tenant, timestampMs })));
      await store.recordCounts(edges.map((windowStartMs) => exampleCounts({ tenant, windowStartMs, succeeded: 1 })));
      expect(await store.statistics({ filter: { tenant }, fromMs, toMs })).toEqual([
        expect.objectContaining({ successfulRetries: 2, lastAttemptAtMs: toMs - 1, firstTriesSucceeded: 2 }),
      ]);
    });

    it('group retries under the class of the failure they followed, not of their own', async () => {
      const tenant = unique('tenant');
      const retry = (followed: string | null, own: string) =>
        exampleAttempt(
          { tenant, success: false, errorClass: own },
          { link: followed === null ? null : { errorClass: followed } },
        );
      await store.record([
        retry('timeout', '500'),
        retry('timeout', '500'),
        retry('429', 'timeout'),
        retry(null, 'timeout'),
      ]);
      await store.record([exampleFirstTry({ tenant, success: false, errorClass: 'timeout' })]);
      const groups = await store.statistics({
        filter: { tenant },
        groupBy: 'error_class',
        fromMs: NOON_MS,
        toMs: NOON_MS + 1,
      });
      expect(Object.fromEntries(groups.map((group) => [String(group.group), group.failedRetries]))).toEqual({
        timeout: 2,
        429: 1,
        null: 1,
      });
      expect(groups[0]).toMatchObject({ group: expect.stringMatching(/timeout/) });
    });

    it('count as retries only what is one', async () => {
      const tenant = unique('tenant');
      await store.record([
        exampleAttempt({ tenant, attemptNumber: 1 }),
        exampleAttempt({ tenant, attemptNumber: 4 }, { isRetry: false }),
      ]);
      expect(await store.statistics({ filter: { tenant }, fromMs: 0, toMs: 2 * NOON_MS })).toEqual([
        expect.objectContaining({ recordedRetries: 1, firstTriesSucceeded: 0 }),
      ]);
    });

    it('count a first try that was cancelled, or ended nobody knows how, neither as a success nor as a failure', async () => {
      const tenant = unique('tenant');
      const firstTry = (status?: string) =>
        exampleFirstTry({ tenant, success: false, ...(status !== undefined && { status }) });
      await store.record([firstTry('cancelled'), firstTry('unknown'), firstTry('failed'), firstTry()]);
      const windows = [
        { fromMs: 0, toMs: 2 * NOON_MS },
        // Within one bucket of the roll-ups: counted from the attempts themselves.
        { fromMs: NOON_MS, toMs: NOON_MS + 1 },
      ];
      for (const window of windows) {
        expect(await store.statistics({ filter: { tenant }, ...window })).toEqual([
          expect.objectContaining({ firstTriesSucceeded: 0, firstTriesFailed: 2 }),
        ]);
      }
    });

    it('scale sampled attempts back and say how many were recorded', async () => {
      const tenant = unique('tenant');
      await store.record([
        exampleAttempt({ tenant }, { sampleRate: 0.1, link: { delayMs: 1_000 } }),
        exampleAttempt({ tenant }, { sampleRate: 1, link: { delayMs: 12_000 } }),
      ]);
      const [totals] = await store.statistics({ filter: { tenant }, fromMs: 0, toMs: 2 * NOON_MS });
      expect(totals).toMatchObject({ successfulRetries: 11, recordedRetries: 2, avgDelayMs: 2_000 });
    });

    it('average the delays that are known, by link or by report', async () => {
      const tenant = unique('tenant');
      await store.record([
        exampleAttempt({ tenant, delayMs: 9_999 }, { link: { delayMs: 1_000 } }),
        exampleAttempt({ tenant, delayMs: 9_999, actualDelayMs: 2_000 }),
        exampleAttempt({ tenant, delayMs: 6_000 }, { link: null }),
        exampleAttempt({ tenant }),
      ]);
      const [totals] = await store.statistics({ filter: { tenant }, fromMs: 0, toMs: 2 * NOON_MS });
      expect(totals).toMatchObject({ avgDelayMs: 3_000, recordedRetries: 4, recordedDelays: 3 });
    });

    it('take a delay that was told with a stop for none that was waited', async () => {
      const tenant = unique('tenant');
      await store.record([
        exampleAttempt({ tenant, delayMs: 0 }, { link: { delayMs: undefined } }),
        exampleAttempt({ tenant }, { link: { delayMs: 4_000 } }),
      ]);
      const [totals] = await store.statistics({ filter: { tenant }, fromMs: 0, toMs: 2 * NOON_MS });
      expect(totals).toMatchObject({ avgDelayMs: 4_000, recordedRetries: 2, recordedDelays: 1 });
    });

    it('answer the thousand largest groups', async () => {
      const jobType = unique('type');
      const retry = (tenant: string) => exampleAttempt({ jobType, tenant });
      const large = unique('large');
      await store.record(Array.from({ length: 1_001 }, (_, i) => retry(`t${i}`)));
      await store.record([retry(large), retry(large)]);
      const groups = await store.statistics({
        filter: { job_type: jobType },
        groupBy: 'tenant',
        fromMs: 0,
        toMs: 2 * NOON_MS,
      });
      expect(groups).toHaveLength(1_000);
      expect(groups[0]).toMatchObject({ group: large, successfulRetries: 2 });
    });

    it('equal a count of every attempt, for any windows, grains, sample rates and groups', async () => {
      const tenants = [unique('a'), unique('b')];
      const { attempts, counts } = randomTraffic(tenants);
      for (let i = 0; i < attempts.length; i += 500) await store.record(attempts.slice(i, i + 500));
      await store.recordCounts(counts);
      await fc.assert(
        fc.asyncProperty(arbitraryQuery(tenants), async (query) => {
          const actual = await store.statistics(query);
          const expected = tallyStatistics(query, attempts, counts);
          expect(byGroup(actual)).toEqual(byGroup(expected));
        }),
        { numRuns: 150 },
      );
    });
  });
}

function byGroup(statistics: readonly RetryStatistics[]) {
  return Object.fromEntries(
    statistics.map(
      ({ group, avgDelayMs, successfulRetries, failedRetries, firstTriesSucceeded, firstTriesFailed, ...exact }) => [
        String(group),
        {
          ...exact,
          avgDelayMs: avgDelayMs === null ? null : expect.closeTo(avgDelayMs, 4),
          successfulRetries: expect.closeTo(successfulRetries, 6),
          failedRetries: expect.closeTo(failedRetries, 6),
          firstTriesSucceeded: expect.closeTo(firstTriesSucceeded, 6),
          firstTriesFailed: expect.closeTo(firstTriesFailed, 6),
        },
      ],
    ),
  );
}

/** Two days of attempts, with every grain in use, always by all tenants' own mix. */
function randomTraffic(tenants: readonly string[]): {
  readonly attempts: readonly AttemptRecord[];
  readonly counts: readonly AttemptCounts[];
} {
  const timestampMs = fc.integer({ min: NOON_MS - 24 * HOUR_MS, max: NOON_MS + 24 * HOUR_MS });
  const tenant = fc.constantFrom(...tenants);
  const attempt = fc
    .record({
      timestampMs,
      tenant,
      attemptNumber: fc.integer({ min: 1, max: 3 }),
      success: fc.boolean(),
      queue: fc.constantFrom('fast', 'slow', undefined),
      errorClass: fc.constantFrom('timeout', '429', undefined),
      delayMs: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
      sampleRate: fc.constantFrom(1, 0.5, 0.1),
      aggregationIntervalMs: fc.constantFrom(...AGGREGATION_INTERVALS_MS),
      isRetry: fc.boolean(),
    })
    .map(({ sampleRate, aggregationIntervalMs, isRetry, errorClass, delayMs, queue, ...report }) =>
      exampleAttempt(
        { ...report, ...(queue === undefined ? {} : { queue }) },
        {
          sampleRate,
          aggregationIntervalMs,
          isRetry,
          link: errorClass === undefined ? null : { errorClass, ...(delayMs === undefined ? {} : { delayMs }) },
        },
      ),
    );
  const count = fc
    .record({ windowStartMs: timestampMs, tenant, succeeded: fc.nat(1_000), failed: fc.nat(100) })
    .map((counts) => exampleCounts(counts));
  const [attempts = []] = fc.sample(fc.array(attempt, { minLength: 2_000, maxLength: 2_000, size: 'max' }), 1);
  return { attempts, counts: fc.sample(count, 100) };
}

/** Windows of any width, half of them with edges on or beside bucket boundaries. */
function arbitraryQuery(tenants: readonly string[]): fc.Arbitrary<StatisticsQuery> {
  const anywhereMs = fc.integer({ min: NOON_MS - 26 * HOUR_MS, max: NOON_MS + 26 * HOUR_MS });
  const besideABoundaryMs = fc
    .record({
      atMs: anywhereMs,
      grainMs: fc.constantFrom(...AGGREGATION_INTERVALS_MS),
      offsetMs: fc.integer({ min: -1, max: 1 }),
    })
    .map(({ atMs, grainMs, offsetMs }) => Math.floor(atMs / grainMs) * grainMs + offsetMs);
  const edgeMs = fc.oneof(anywhereMs, besideABoundaryMs);
  return fc
    .record({
      edges: fc.tuple(edgeMs, edgeMs),
      tenant: fc.constantFrom(...tenants),
      errorClass: fc.constantFrom('timeout', undefined),
      queue: fc.constantFrom('fast', undefined),
      groupBy: fc.constantFrom(...STATISTICS_DIMENSIONS, undefined),
    })
    .map(({ edges, tenant, errorClass, queue, groupBy }) => ({
      filter: {
        tenant,
        ...(errorClass === undefined ? {} : { error_class: errorClass }),
        ...(queue === undefined ? {} : { queue }),
      },
      ...(groupBy === undefined ? {} : { groupBy }),
      fromMs: Math.min(...edges),
      toMs: Math.max(...edges),
    }));
}

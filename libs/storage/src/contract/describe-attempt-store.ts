import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptStore, ConfigurationStore, RetryStatistics } from '@smart-retry/domain';
import { DAY_MS } from '../utc-days.js';
import { NOON_MS, exampleAttempt, exampleCounts, exampleFirstTry, exampleKeptResponse, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

interface Stores {
  readonly attempts: AttemptStore;
  readonly configuration: ConfigurationStore;
}

const EVER = { fromMs: 0, toMs: 8.64e15 };

export function describeAttemptStore(name: string, open: Open<Stores>): void {
  describe(`${name} attempt store`, () => {
    let stores: Opened<Stores>;
    let store: AttemptStore;
    beforeAll(async () => {
      stores = await open();
      store = stores.attempts;
    });
    afterAll(() => stores.close());

    const duplicates = async (attempts: Parameters<AttemptStore['record']>[0]) =>
      (await store.record(attempts)).map((result) => result.duplicate);
    const totals = async (tenant: string): Promise<RetryStatistics | undefined> =>
      (await store.statistics({ filter: { tenant }, ...EVER }))[0];

    it('records nothing when given nothing', async () => {
      expect(await store.record([])).toEqual([]);
    });

    it('tells the second report of an attempt, whatever else it says and whenever it happened', async () => {
      const tenant = unique('tenant');
      const [jobId, other] = [unique('job'), unique('job')];
      const midnightMs = Date.UTC(2026, 4, 21);
      const report = (timestampMs: number, rest = {}) => exampleAttempt({ tenant, jobId, timestampMs, ...rest });
      expect(await duplicates([report(midnightMs - 1)])).toEqual([false]);
      expect(await duplicates([report(midnightMs - 1)])).toEqual([true]);
      expect(await duplicates([report(midnightMs), report(midnightMs + 3 * DAY_MS)])).toEqual([true, true]);
      expect(await duplicates([report(NOON_MS - 20 * DAY_MS, { queue: 'q', jobType: 'webhook' })])).toEqual([true]);
      expect(await duplicates([report(midnightMs, { jobId: other }), report(midnightMs)])).toEqual([false, true]);
      expect((await totals(tenant))?.recordedRetries).toBe(2);
    });

    it('tells apart attempts of another tenant, job, number or outcome', async () => {
      const tenant = unique('tenant');
      const report = { tenant, jobId: 'b:c', attemptNumber: 2, success: true };
      expect(
        await duplicates([
          exampleAttempt(report),
          exampleAttempt({ ...report, success: false }),
          exampleAttempt({ ...report, attemptNumber: 3 }),
          exampleAttempt({ ...report, jobId: 'b:c:' }),
          exampleAttempt({ ...report, tenant: `${tenant}:b`, jobId: 'c' }),
          exampleAttempt({ ...report, tenant: `${tenant}"`, jobId: 'b:c' }),
        ]),
      ).toEqual([false, false, false, false, false, false]);
    });

    it('counts the first of several reports of an attempt within one call', async () => {
      const tenant = unique('tenant');
      const jobId = unique('job');
      const report = (delayMs: number) => exampleAttempt({ tenant, jobId, delayMs });
      expect(await duplicates([report(1_000), exampleAttempt({ tenant }), report(9_000)])).toEqual([
        false,
        false,
        true,
      ]);
      expect((await totals(tenant))?.avgDelayMs).toBe(1_000);
    });

    it('stores an attempt once that many record at the same time', async () => {
      const tenant = unique('tenant');
      const shared = Array.from({ length: 5 }, () => exampleAttempt({ tenant }));
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => duplicates(i % 2 === 0 ? shared : [...shared].reverse())),
      );
      expect(results.flat().filter((duplicate) => !duplicate)).toHaveLength(5);
      expect((await totals(tenant))?.recordedRetries).toBe(5);
    });

    it('keeps labels in any script, with separators and at full length', async () => {
      const label = (letter: string) => unique(letter.repeat(245)).slice(-255);
      const report = {
        tenant: label('漢'),
        jobId: unique('🔑'.repeat(120)),
        jobType: label('й'),
        queue: label('é'),
        errorClass: label('\u0001'),
        workerVersion: '{"a":[1,"b\\"]}',
      };
      await store.record([exampleAttempt(report, { link: { errorClass: label('a:') } })]);
      expect(await duplicates([exampleAttempt(report)])).toEqual([true]);
      const [group] = await store.statistics({ filter: { queue: report.queue }, groupBy: 'tenant', ...EVER });
      expect(group).toMatchObject({ group: report.tenant, recordedRetries: 1 });
    });

    it('stores an attempt whose labels hold NUL or half a character, and those beside it', async () => {
      const tenant = unique('tenant');
      const odd = exampleAttempt({ tenant, jobId: unique('\0\ud83d'), queue: '\udd11', workerVersion: '\\u0000\0' });
      expect(await duplicates([odd, exampleAttempt({ tenant })])).toEqual([false, false]);
      expect(await duplicates([odd])).toEqual([true]);
      expect((await totals(tenant))?.recordedRetries).toBe(2);
    });

    it('stores attempts of many days in one call, or none of them', async () => {
      const tenant = unique('tenant');
      const days = Array.from({ length: 9 }, (_, i) => exampleAttempt({ tenant, timestampMs: NOON_MS - i * DAY_MS }));
      await store.record(days);
      expect((await totals(tenant))?.recordedRetries).toBe(9);
    });

    it('drops whole days that have ended with what was counted of them, and still knows the attempts of later days', async () => {
      const tenant = unique('tenant');
      const midnightMs = Date.UTC(2001, 1, 2);
      const morning = exampleAttempt({ tenant, timestampMs: midnightMs });
      const evening = exampleAttempt({ tenant, timestampMs: midnightMs - 1 });
      await store.record([exampleAttempt({ tenant, timestampMs: midnightMs - 3 * DAY_MS }), evening, morning]);
      await store.recordCounts([
        exampleCounts({ tenant, windowStartMs: midnightMs - 1 }),
        exampleCounts({ tenant, windowStartMs: midnightMs, succeeded: 1 }),
      ]);
      expect(await store.dropBefore(midnightMs - 1)).toBe(1);
      expect((await totals(tenant))?.recordedRetries).toBe(2);
      expect(await store.dropBefore(midnightMs + 1)).toBe(1);
      expect(await totals(tenant)).toMatchObject({ recordedRetries: 1, firstTriesSucceeded: 1 });
      expect(await duplicates([morning])).toEqual([true]);
      expect(await store.dropBefore(midnightMs + 1)).toBe(0);
    });

    it('keeps counts and the response under their key together', async () => {
      const tenant = unique('tenant');
      const keep = exampleKeptResponse();
      await store.recordCounts([exampleCounts({ tenant, succeeded: 7, failed: 1 })], keep);
      expect(await stores.configuration.keptResponse(keep.key, NOON_MS)).toEqual(keep);
      await expect(store.recordCounts([exampleCounts({ tenant })], keep)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
      expect(await totals(tenant)).toMatchObject({ firstTriesSucceeded: 7, firstTriesFailed: 1 });
    });

    it('counts once what many send under one key at the same time', async () => {
      const tenant = unique('tenant');
      const keep = exampleKeptResponse();
      await Promise.allSettled(
        Array.from({ length: 8 }, () => store.recordCounts([exampleCounts({ tenant, succeeded: 3 })], keep)),
      );
      expect((await totals(tenant))?.firstTriesSucceeded).toBe(3);
    });

    it('adds up first tries reported one by one and as counts', async () => {
      const tenant = unique('tenant');
      await store.record([exampleFirstTry({ tenant }), exampleFirstTry({ tenant, success: false })]);
      await store.recordCounts([exampleCounts({ tenant, succeeded: 10, failed: 2, dependency: 'smtp' })]);
      expect(await totals(tenant)).toEqual({
        group: null,
        successfulRetries: 0,
        failedRetries: 0,
        avgDelayMs: null,
        lastAttemptAtMs: null,
        recordedRetries: 0,
        recordedDelays: 0,
        firstTriesSucceeded: 11,
        firstTriesFailed: 3,
      });
    });
  });
}

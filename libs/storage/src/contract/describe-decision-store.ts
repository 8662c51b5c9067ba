import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DecisionQuery, DecisionStore } from '@smart-retry/domain';
import { DAY_MS } from '../utc-days.js';
import { NOON_MS, appendDecisions, exampleDecision, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

export function describeDecisionStore(name: string, open: Open<{ readonly decisions: DecisionStore }>): void {
  describe(`${name} decision store`, () => {
    let stores: Opened<{ readonly decisions: DecisionStore }>;
    let store: DecisionStore;
    beforeAll(async () => {
      stores = await open();
      store = stores.decisions;
    });
    afterAll(() => stores.close());

    const idsOf = async (query: Omit<DecisionQuery, 'limit'>) =>
      (await store.page({ limit: 100, ...query })).records.map((record) => record.recommendationId);

    it('finds a decision as it was appended', async () => {
      const record = exampleDecision({
        jobId: `a:b"c\\d 🔑 ${'é'.repeat(240)}`,
        tenant: unique('tenant'),
        health: { 'cpu:load': 0.5 },
        critical: true,
      });
      await appendDecisions(store, [record]);
      expect(await store.find(record.recommendationId, record.decidedAtMs)).toEqual(record);
    });

    it('finds nothing under an unknown id or another time', async () => {
      const record = exampleDecision();
      await appendDecisions(store, [record]);
      expect(await store.find(unique('unknown'), NOON_MS)).toBeNull();
      expect(await store.find(record.recommendationId, NOON_MS + DAY_MS)).toBeNull();
    });

    it('keeps a decision that is appended twice once', async () => {
      const tenant = unique('tenant');
      const record = exampleDecision({ tenant });
      await appendDecisions(store, [record, record]);
      await appendDecisions(store, [record]);
      expect(await idsOf({ tenant })).toEqual([record.recommendationId]);
    });

    it('appends later what was sealed, as it was then', async () => {
      const record = exampleDecision({ jobId: `"\\ 🔑 ${unique('job')}`, tenant: unique('tenant') });
      const sealed = [record, exampleDecision()].map((one) => store.seal(one));
      expect(await store.find(record.recommendationId, record.decidedAtMs)).toBeNull();
      await store.append(sealed);
      expect(await store.find(record.recommendationId, record.decidedAtMs)).toEqual(record);
    });

    it('accepts an empty append, and one of a thousand', async () => {
      const tenant = unique('tenant');
      await appendDecisions(store, []);
      await appendDecisions(
        store,
        Array.from({ length: 1_000 }, () => exampleDecision({ tenant })),
      );
      expect((await store.page({ tenant, limit: 2_000 })).records).toHaveLength(1_000);
    });

    it('filters by tenant, job type, job, method and half-open time', async () => {
      const tenant = unique('tenant');
      const jobId = unique('job');
      const job = exampleDecision({ tenant, jobId });
      const other = exampleDecision(
        { tenant, jobType: 'webhook' },
        { method: 'guardrails', shouldRetry: false, decision: 'stop', delayMs: 0 },
        { decidedAtMs: NOON_MS + 10 },
      );
      await appendDecisions(store, [job, other]);
      expect(await idsOf({ tenant, jobType: 'webhook' })).toEqual([other.recommendationId]);
      expect(await idsOf({ tenant, jobId })).toEqual([job.recommendationId]);
      expect(await idsOf({ tenant, method: 'guardrails' })).toEqual([other.recommendationId]);
      expect(await idsOf({ tenant, fromMs: NOON_MS, toMs: NOON_MS + 10 })).toEqual([job.recommendationId]);
      expect(await idsOf({ tenant, fromMs: NOON_MS + 1 })).toEqual([other.recommendationId]);
      expect(await idsOf({ tenant: unique('nobody') })).toEqual([]);
    });

    it('pages newest first through equal times and over midnight, each decision once', async () => {
      const tenant = unique('tenant');
      const records = Array.from({ length: 25 }, (_, i) =>
        exampleDecision({ tenant }, {}, { decidedAtMs: NOON_MS + Math.floor(i / 10) * DAY_MS }),
      );
      await appendDecisions(store, records);
      const seen: { readonly decidedAtMs: number; readonly recommendationId: string }[] = [];
      let cursor: string | null = null;
      do {
        const page = await store.page({ tenant, limit: 4, ...(cursor === null ? {} : { cursor }) });
        seen.push(...page.records);
        cursor = page.nextCursor;
        // Newer decisions do not disturb a walk that is under way.
        await appendDecisions(store, [exampleDecision({ tenant }, {}, { decidedAtMs: NOON_MS + 3 * DAY_MS })]);
      } while (cursor !== null);
      expect(new Set(seen.map((record) => record.recommendationId))).toEqual(
        new Set(records.map((record) => record.recommendationId)),
      );
      expect(seen).toHaveLength(25);
      expect(seen.map((record) => record.decidedAtMs)).toEqual(
        records.map((record) => record.decidedAtMs).sort((a, b) => b - a),
      );
    });

    it('has no cursor after the last page, full or not', async () => {
      const tenant = unique('tenant');
      await appendDecisions(store, [exampleDecision({ tenant }), exampleDecision({ tenant })]);
      expect((await store.page({ tenant, limit: 2 })).nextCursor).toBeNull();
      expect((await store.page({ tenant, limit: 3 })).nextCursor).toBeNull();
      expect((await store.page({ tenant, limit: 1 })).nextCursor).not.toBeNull();
    });

    it.each(['', 'x', '1', '.', '1.', '-1.a', '1e3.a', ' 1.a'])(
      'refuses the cursor %p, which no page gave',
      async (cursor) => {
        await expect(store.page({ limit: 1, cursor })).rejects.toMatchObject({
          code: 'INVALID_REQUEST',
          fields: [{ path: 'cursor' }],
        });
      },
    );

    it('drops whole days that have ended, and keeps the day that has not', async () => {
      const tenant = unique('tenant');
      const midnightMs = Date.UTC(2001, 1, 2);
      const at = (decidedAtMs: number) => exampleDecision({ tenant }, {}, { decidedAtMs });
      const [first, evening, morning] = [at(midnightMs - 3 * DAY_MS), at(midnightMs - 1), at(midnightMs)];
      await appendDecisions(store, [first, evening, morning]);
      expect(await store.dropBefore(midnightMs - 1)).toBe(1);
      expect(await idsOf({ tenant })).toEqual([morning.recommendationId, evening.recommendationId]);
      expect(await store.dropBefore(midnightMs + DAY_MS - 1)).toBe(1);
      expect(await idsOf({ tenant })).toEqual([morning.recommendationId]);
      expect(await store.find(evening.recommendationId, evening.decidedAtMs)).toBeNull();
      await appendDecisions(store, [evening]);
      expect(await idsOf({ tenant })).toEqual([morning.recommendationId, evening.recommendationId]);
    });
  });
}

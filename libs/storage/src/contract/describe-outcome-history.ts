import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptStore, OutcomeHistory, OutcomePage } from '@smart-retry/domain';
import { DAY_MS } from '../utc-days.js';
import { NOON_MS, exampleAttempt, exampleFirstTry, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

interface Stores {
  readonly attempts: AttemptStore;
  readonly outcomes: OutcomeHistory;
}

export function describeOutcomeHistory(name: string, open: Open<Stores>): void {
  describe(`${name} outcome history`, () => {
    let stores: Opened<Stores>;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const known = { link: { delayMs: 1_000 } };
    /** Reads on until there is nothing more; the outcomes of one tenant, and where they end. */
    const readOn = async (tenant: string, start: string | null, { limit = 1_000, sinceMs = 0 } = {}) => {
      const outcomes: OutcomePage['outcomes'][number][] = [];
      let cursor = start;
      let page: OutcomePage;
      do {
        page = await stores.outcomes.outcomesAfter(cursor, { sinceMs, limit });
        expect(page.outcomes.length).toBeLessThanOrEqual(limit);
        outcomes.push(...page.outcomes.filter(({ outcome }) => outcome.tenant === tenant));
        cursor = page.cursor;
      } while (!page.isComplete);
      return { outcomes, cursor };
    };
    const delaysOf = ({ outcomes }: { readonly outcomes: OutcomePage['outcomes'] }) =>
      outcomes.map(({ outcome }) => outcome.delayMs).sort((a, b) => a - b);
    const recordDelays = (tenant: string, delays: readonly number[]) =>
      stores.attempts.record(delays.map((delayMs) => exampleAttempt({ tenant }, { link: { delayMs } })));

    it('tells all that an attempt teaches, and under which write it was stored', async () => {
      const tenant = unique('tenant');
      const report = { tenant, queue: 'q', dependency: 'smtp', payloadSize: 512, success: false, errorClass: 'later' };
      const link = {
        errorClass: 'timeout',
        errorCode: '504',
        failedAttemptNumber: 3,
        delayMs: 0.5,
        incidentAgeMs: 7.5,
        hintMs: 60_000,
      };
      await stores.attempts.record([exampleAttempt(report, { link, recordedAtMs: NOON_MS + 9 })], 2 ** 53 - 1);
      await stores.attempts.record([exampleAttempt({ tenant }, known)]);
      expect((await readOn(tenant, null)).outcomes).toEqual([
        {
          writeId: 2 ** 53 - 1,
          outcome: {
            jobType: 'email_send',
            dependency: 'smtp',
            tenant,
            queue: 'q',
            payloadSize: 512,
            errorClass: 'timeout',
            errorCode: '504',
            failedAttemptNumber: 3,
            delayMs: 0.5,
            success: false,
            atMs: NOON_MS,
            recordedAtMs: NOON_MS + 9,
            incidentAgeMs: 7.5,
            hintMs: 60_000,
          },
        },
        {
          outcome: {
            jobType: 'email_send',
            tenant,
            errorClass: 'timeout',
            failedAttemptNumber: 1,
            delayMs: 1_000,
            success: true,
            atMs: NOON_MS,
            recordedAtMs: NOON_MS,
          },
        },
      ]);
    });

    it('leaves out what followed no known failure, or after an unknown delay', async () => {
      const tenant = unique('tenant');
      const linked = exampleAttempt({ tenant }, known);
      await stores.attempts.record([
        exampleFirstTry({ tenant }),
        exampleAttempt({ tenant, delayMs: 1_000 }, { link: null }),
        exampleAttempt({ tenant }),
        linked,
      ]);
      await stores.attempts.record([linked]);
      expect((await readOn(tenant, null)).outcomes).toHaveLength(1);
    });

    it('leaves out what happened too long ago, before and after the beginning', async () => {
      const tenant = unique('tenant');
      const at = (timestampMs: number) => exampleAttempt({ tenant, timestampMs }, known);
      await stores.attempts.record([at(NOON_MS - DAY_MS), at(NOON_MS - 1), at(NOON_MS)]);
      const past = await readOn(tenant, null, { sinceMs: NOON_MS });
      expect(past.outcomes).toHaveLength(1);
      await stores.attempts.record([at(NOON_MS - 1), at(NOON_MS + 1)]);
      const present = await readOn(tenant, past.cursor, { sinceMs: NOON_MS });
      expect(present.outcomes.map(({ outcome }) => outcome.atMs)).toEqual([NOON_MS + 1]);
    });

    it.each([1, 7, 1_000])('tells the past in pages of %p, each outcome once', async (limit) => {
      const tenant = unique('tenant');
      const delays = Array.from({ length: 60 }, (_, i) => i);
      await stores.attempts.record(
        delays.map((delayMs) =>
          exampleAttempt({ tenant, timestampMs: NOON_MS - (delayMs % 3) * DAY_MS }, { link: { delayMs } }),
        ),
      );
      expect(delaysOf(await readOn(tenant, null, { limit }))).toEqual(delays);
    });

    it('tells what is recorded after a page ended, once', async () => {
      const tenant = unique('tenant');
      const empty = await readOn(tenant, null);
      expect(empty.outcomes).toEqual([]);
      await recordDelays(tenant, [1, 2]);
      await recordDelays(tenant, [3]);
      const first = await readOn(tenant, empty.cursor, { limit: 2 });
      expect(delaysOf(first)).toEqual([1, 2, 3]);
      expect(delaysOf(await readOn(tenant, first.cursor))).toEqual([]);
      await recordDelays(tenant, [4]);
      expect(delaysOf(await readOn(tenant, first.cursor))).toEqual([4]);
    });

    it('leaves out of the present what was stored under writes that the reader knows, and nothing else', async () => {
      const tenant = unique('tenant');
      const { cursor: start } = await readOn(tenant, null);
      const record = (delayMs: number, writeId?: number) =>
        stores.attempts.record([exampleAttempt({ tenant }, { link: { delayMs } })], writeId);
      await record(1, 71);
      await record(2, 72);
      await record(3);
      const read = async (options: { readonly knownWrites?: readonly number[] }) => {
        const page = await stores.outcomes.outcomesAfter(start, { sinceMs: 0, limit: 1_000, ...options });
        return delaysOf({ outcomes: page.outcomes.filter(({ outcome }) => outcome.tenant === tenant) });
      };
      expect(await read({ knownWrites: [71, 2 ** 53 - 3] })).toEqual([2, 3]);
      expect(await read({ knownWrites: [] })).toEqual([1, 2, 3]);
      expect(await read({})).toEqual([1, 2, 3]);
    });

    it('tells what is recorded while the past is being told', async () => {
      const tenant = unique('tenant');
      await recordDelays(tenant, [1, 2, 3]);
      const page = await stores.outcomes.outcomesAfter(null, { sinceMs: 0, limit: 1 });
      await recordDelays(tenant, [4, 5]);
      const rest = await readOn(tenant, page.cursor, { limit: 2 });
      const begun = page.outcomes.filter(({ outcome }) => outcome.tenant === tenant);
      expect(delaysOf({ outcomes: [...begun, ...rest.outcomes] })).toEqual([1, 2, 3, 4, 5]);
    });

    it('tells each outcome once to a reader who asks while many write', async () => {
      const tenant = unique('tenant');
      const delays = Array.from({ length: 300 }, (_, i) => i);
      let isWriting = true;
      const writing = Promise.all(
        Array.from({ length: 6 }, async (_, writer) => {
          for (let i = writer; i < delays.length; i += 6) await recordDelays(tenant, [i]);
        }),
      ).finally(() => {
        isWriting = false;
      });
      let read = await readOn(tenant, null, { limit: 5 });
      const seen = [...read.outcomes];
      while (isWriting) {
        read = await readOn(tenant, read.cursor, { limit: 5 });
        seen.push(...read.outcomes);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await writing;
      seen.push(...(await readOn(tenant, read.cursor)).outcomes);
      expect(delaysOf({ outcomes: seen })).toEqual(delays);
    });

    it('finds the attempt that followed a recommendation, within the time given', async () => {
      const [followed, early, unknown] = [unique('r'), unique('r'), unique('r')];
      const after = (recommendationId: string, timestampMs: number, success: boolean) =>
        exampleAttempt({ timestampMs, success }, { link: { recommendationId } });
      await stores.attempts.record([
        after(followed, NOON_MS + 5, false),
        after(early, NOON_MS - 1, true),
        after(early, NOON_MS + 2 * DAY_MS, true),
      ]);
      const window = { fromMs: NOON_MS, toMs: NOON_MS + 2 * DAY_MS };
      const lookups = [followed, early, unknown].map((recommendationId) => ({ recommendationId, ...window }));
      const many = Array.from({ length: 30 }, () => lookups).flat();
      const expected = [{ success: false, atMs: NOON_MS + 5 }, null, null];
      expect(await stores.outcomes.reportedOutcomes(many)).toEqual(Array.from({ length: 30 }, () => expected).flat());
      expect(await stores.outcomes.reportedOutcomes([])).toEqual([]);
    });
  });
}

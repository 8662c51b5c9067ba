import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  AttemptStore,
  ChangeLedger,
  ConfigurationStore,
  DataSubject,
  DecisionStore,
  OutcomeHistory,
  SubjectArchive,
  SubjectRecord,
} from '@smart-retry/domain';
import {
  NOON_MS,
  appendDecisions,
  exampleAttempt,
  exampleCounts,
  exampleDecision,
  exampleFirstTry,
  exampleKeptResponse,
  unique,
} from './examples.js';
import type { Open, Opened } from './opened.js';

interface Stores {
  readonly attempts: AttemptStore;
  readonly outcomes: OutcomeHistory;
  readonly decisions: DecisionStore;
  readonly ledger: ChangeLedger;
  readonly configuration: ConfigurationStore;
  readonly subjects: SubjectArchive;
}

const REQUEST = { actor: 'Ann', reason: 'asked by the customer', atMs: NOON_MS };

export function describeSubjectArchive(name: string, open: Open<Stores>): void {
  describe(`${name} subject data`, () => {
    let stores: Opened<Stores>;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const readAll = async (subject: DataSubject) => {
      const records: SubjectRecord[] = [];
      await stores.subjects.read(subject, async (record) => void records.push(record));
      return records;
    };
    const statisticsOf = async (filter: { readonly tenant: string }) => {
      const window = { fromMs: NOON_MS - 7_200_000, toMs: NOON_MS + 7_200_000 };
      const [found] = await stores.attempts.statistics({ filter, ...window });
      return found;
    };
    /** Three retries and a first try of one job, one retry of another, counts, and a decision for each job. */
    const fill = async (tenant: string) => {
      const [jobId, otherJobId] = [unique('job'), unique('job')];
      const attempts = [
        exampleAttempt({ tenant, jobId, attemptNumber: 2, success: false, delayMs: 1_000, health: { cpu: 0.5 } }),
        exampleAttempt({ tenant, jobId, attemptNumber: 3, success: false, delayMs: 2_000 }),
        exampleAttempt({ tenant, jobId, attemptNumber: 4, success: true, timestampMs: NOON_MS + 3_600_000 }),
        exampleFirstTry({ tenant, jobId, success: false }),
        exampleAttempt({ tenant, jobId: otherJobId, success: true, delayMs: 7_000 }),
      ];
      const counts = exampleCounts({ tenant, dependency: 'smtp', processingTimeMs: 1.5 });
      const decisions = [exampleDecision({ tenant, jobId }), exampleDecision({ tenant, jobId: otherJobId })];
      await stores.attempts.record(attempts);
      await stores.attempts.recordCounts([counts]);
      await appendDecisions(stores.decisions, decisions);
      return { jobId, otherJobId, attempts, counts, decisions };
    };

    it('reads everything of a tenant as it was sent', async () => {
      const tenant = unique('tenant');
      const { attempts, counts, decisions } = await fill(tenant);
      await fill(unique('tenant'));
      const records = await readAll({ tenant });
      expect(records).toHaveLength(8);
      expect(records).toEqual(
        expect.arrayContaining([
          ...attempts.map(({ report }) => ({ kind: 'attempt', report })),
          { kind: 'counts', counts },
          ...decisions.map((decision) => ({ kind: 'decision', decision })),
        ]),
      );
    });

    it('erases a tenant everywhere, and nobody else', async () => {
      const [tenant, neighbour] = [unique('tenant'), unique('tenant')];
      await fill(tenant);
      await fill(neighbour);
      const before = await statisticsOf({ tenant: neighbour });
      expect(await stores.subjects.erase({ tenant }, REQUEST)).toEqual({ attempts: 5, decisions: 2, counts: 1 });
      expect(await readAll({ tenant })).toEqual([]);
      expect(await statisticsOf({ tenant })).toMatchObject({ recordedRetries: 0, firstTriesSucceeded: 0 });
      expect(await statisticsOf({ tenant: neighbour })).toEqual(before);
      expect(await readAll({ tenant: neighbour })).toHaveLength(8);
    });

    it('erases once for each response to keep, which says what was erased', async () => {
      const [tenant, neighbour, key] = [unique('tenant'), unique('tenant'), unique('key')];
      await fill(tenant);
      await fill(neighbour);
      const keep = (erased: object) => exampleKeptResponse({ key, body: JSON.stringify(erased) });
      const erased = await stores.subjects.erase({ tenant }, { ...REQUEST, keep });
      await expect(stores.subjects.erase({ tenant: neighbour }, { ...REQUEST, keep })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
      expect(await readAll({ tenant: neighbour })).toHaveLength(8);
      expect(await stores.configuration.keptResponse(key, NOON_MS)).toEqual(keep(erased));
    });

    it('erases a job, and takes it out of the statistics of its tenant', async () => {
      const tenant = unique('tenant');
      const { jobId, otherJobId } = await fill(tenant);
      expect(await stores.subjects.erase({ jobId }, REQUEST)).toEqual({ attempts: 4, decisions: 1, counts: 0 });
      expect(await readAll({ tenant, jobId: otherJobId })).toHaveLength(2);
      expect(await statisticsOf({ tenant })).toMatchObject({
        recordedRetries: 1,
        successfulRetries: 1,
        failedRetries: 0,
        avgDelayMs: 7_000,
        firstTriesSucceeded: 10,
        firstTriesFailed: 2,
      });
    });

    it('erases a job of one tenant where another has one of the same name', async () => {
      const [tenant, neighbour, jobId] = [unique('tenant'), unique('tenant'), unique('job')];
      await stores.attempts.record([exampleAttempt({ tenant, jobId }), exampleAttempt({ tenant: neighbour, jobId })]);
      expect(await stores.subjects.erase({ tenant, jobId }, REQUEST)).toMatchObject({ attempts: 1 });
      expect(await readAll({ jobId })).toMatchObject([{ report: { tenant: neighbour } }]);
    });

    it('teaches nothing of what was erased', async () => {
      const tenant = unique('tenant');
      await fill(tenant);
      await stores.subjects.erase({ tenant }, REQUEST);
      const page = await stores.outcomes.outcomesAfter(null, { sinceMs: 0, limit: 10_000 });
      expect(page.outcomes.filter(({ outcome }) => outcome.tenant === tenant)).toEqual([]);
    });

    it('does not take back what was erased', async () => {
      const tenant = unique('tenant');
      const { attempts } = await fill(tenant);
      await stores.subjects.erase({ tenant }, REQUEST);
      const again = await stores.attempts.record(attempts);
      expect(again.every(({ duplicate }) => duplicate)).toBe(true);
      expect(await readAll({ tenant })).toEqual([]);
    });

    it('enters who erased what, and how much of it, into the ledger', async () => {
      const tenant = unique('tenant');
      await fill(tenant);
      await stores.subjects.erase({ tenant }, REQUEST);
      expect(await stores.ledger.page({ limit: 1 })).toMatchObject([
        {
          ...REQUEST,
          action: 'data.erased',
          target: `tenant ${tenant}`,
          details: { attempts: 5, decisions: 2, counts: 1 },
        },
      ]);
      expect((await stores.ledger.verify()).problem).toBeNull();
    });
  });
}

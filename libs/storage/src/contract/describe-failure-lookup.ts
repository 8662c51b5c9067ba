import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptStore, DecisionStore, FailureCandidates, FailureLookup } from '@smart-retry/domain';
import { MAX_CANDIDATES } from '../answer-limits.js';
import { DAY_MS } from '../utc-days.js';
import { NOON_MS, appendDecisions, exampleAttempt, exampleDecision, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

interface Stores {
  readonly attempts: AttemptStore;
  readonly decisions: DecisionStore;
}

const NOTHING: FailureCandidates = { recommendedForJob: [], recordedForJob: [], recommendedForShape: [] };

export function describeFailureLookup(name: string, open: Open<Stores>): void {
  describe(`${name} failure lookup`, () => {
    let stores: Opened<Stores>;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const lookup = (fields: Partial<FailureLookup> = {}): FailureLookup => ({
      tenant: '',
      jobType: 'email_send',
      jobId: unique('job'),
      attemptNumber: 2,
      sinceMs: NOON_MS - 60_000,
      ...fields,
    });
    const find = async (fields: Partial<FailureLookup>) => (await stores.attempts.findFailures([lookup(fields)]))[0];

    it('finds nothing where there is nothing, in order of the lookups', async () => {
      expect(await stores.attempts.findFailures([])).toEqual([]);
      expect(await stores.attempts.findFailures([lookup(), lookup({ delayMs: 4_000.5 })])).toEqual([NOTHING, NOTHING]);
    });

    it('finds what was recommended to the job for this attempt number and the one before, newest first', async () => {
      const job = { tenant: unique('tenant'), jobId: unique('job') };
      const decision = (attemptNumber: number, decidedAtMs: number) =>
        exampleDecision({ ...job, attemptNumber, errorClass: `class${attemptNumber}` }, {}, { decidedAtMs });
      const [first, second] = [decision(1, NOON_MS - DAY_MS), decision(2, NOON_MS)];
      await appendDecisions(stores.decisions, [first, second, decision(3, NOON_MS), decision(0, NOON_MS)]);
      expect((await find({ ...job, attemptNumber: 2 }))?.recommendedForJob).toEqual([
        {
          errorClass: 'class2',
          errorCode: '503',
          attemptNumber: 2,
          delayMs: 4_000,
          recommendationId: second.recommendationId,
          atMs: NOON_MS,
        },
        expect.objectContaining({ errorClass: 'class1', recommendationId: first.recommendationId }),
      ]);
    });

    it('knows how long the dependency had been failing when a retry was recommended, and what its server asked for', async () => {
      const job = { tenant: unique('tenant'), jobId: unique('job'), attemptNumber: 1 };
      const shape = { tenant: job.tenant, attemptNumber: 1, incidentAgeMs: 0.5 };
      await appendDecisions(stores.decisions, [
        exampleDecision({ ...job, incidentAgeMs: 61_000, retryAfterMs: 9_000 }),
        exampleDecision(shape),
      ]);
      const found = await find({ ...job, attemptNumber: 2 });
      expect(found?.recommendedForJob).toMatchObject([{ incidentAgeMs: 61_000, hintMs: 9_000 }]);
      expect((await find({ ...shape, delayMs: 4_000 }))?.recommendedForShape).toMatchObject([{ incidentAgeMs: 0.5 }]);
    });

    it('finds the stop that was recommended to the job, which is not what a retry follows', async () => {
      const job = { tenant: unique('tenant'), jobId: unique('job'), attemptNumber: 1 };
      const stop = { decision: 'stop', shouldRetry: false, delayMs: 0 } as const;
      await appendDecisions(stores.decisions, [exampleDecision(job, stop)]);
      expect((await find({ ...job, attemptNumber: 2 }))?.recommendedForJob).toEqual([
        { errorClass: 'timeout', errorCode: '503', attemptNumber: 1, atMs: NOON_MS },
      ]);
    });

    it('finds no decisions for another tenant, job type or job', async () => {
      const job = { tenant: unique('tenant'), jobId: unique('job'), attemptNumber: 1 };
      await appendDecisions(stores.decisions, [
        exampleDecision({ ...job, tenant: `${job.tenant}x` }),
        exampleDecision({ ...job, jobType: 'webhook' }),
        exampleDecision({ ...job, jobId: `${job.jobId}x` }),
      ]);
      expect(await find(job)).toEqual(NOTHING);
      await appendDecisions(stores.decisions, [exampleDecision(job)]);
      expect((await find(job))?.recommendedForJob).toHaveLength(1);
    });

    it('finds the failures recorded for the job under the attempt number before', async () => {
      const job = { tenant: unique('tenant'), jobId: unique('job') };
      const failed = { ...job, attemptNumber: 2, success: false };
      await stores.attempts.record([
        exampleAttempt({ ...failed, errorClass: 'timeout', errorCode: '504', timestampMs: NOON_MS - 40 * DAY_MS }),
        exampleAttempt({ ...failed, errorClass: 'timeout', attemptNumber: 1 }),
        exampleAttempt({ ...failed, errorClass: 'timeout', attemptNumber: 3 }),
        exampleAttempt({ ...failed, errorClass: 'timeout', tenant: `${job.tenant}x` }),
        exampleAttempt({ ...job, attemptNumber: 2, success: true, errorClass: 'timeout' }),
      ]);
      expect(await find({ ...job, attemptNumber: 3 })).toEqual({
        ...NOTHING,
        recordedForJob: [{ errorClass: 'timeout', errorCode: '504', attemptNumber: 2, atMs: NOON_MS - 40 * DAY_MS }],
      });
    });

    it('says which dependency was named with a failure', async () => {
      const job = { tenant: unique('tenant'), jobId: unique('job'), errorClass: 'oom', dependency: 'smtp' };
      await appendDecisions(stores.decisions, [exampleDecision({ ...job, attemptNumber: 1 })]);
      await stores.attempts.record([exampleAttempt({ ...job, attemptNumber: 1, success: false })]);
      const found = await find({ ...job, attemptNumber: 2 });
      expect([found?.recommendedForJob, found?.recordedForJob]).toMatchObject([
        [{ dependency: 'smtp' }],
        [{ dependency: 'smtp' }],
      ]);
      const ofAnotherType = await find({ ...job, jobType: 'webhook', attemptNumber: 2 });
      expect(ofAnotherType?.recordedForJob.map(({ dependency }) => dependency)).toEqual([undefined]);
    });

    it('says of a recorded failure whether it told its own time', async () => {
      const job = { tenant: unique('tenant'), jobId: unique('job'), errorClass: 'oom', success: false };
      await stores.attempts.record([
        exampleAttempt({ ...job, attemptNumber: 1 }),
        exampleAttempt({ ...job, attemptNumber: 2, isTimedByReceipt: true }),
      ]);
      const flags = [2, 3].map(async (attemptNumber) => (await find({ ...job, attemptNumber }))?.recordedForJob);
      expect((await Promise.all(flags)).map((found) => found?.map((failure) => failure.isTimedByReceipt))).toEqual([
        [undefined],
        [true],
      ]);
    });

    it('finds recorded failures of the job whatever its type, as duplicates are found', async () => {
      const job = { tenant: unique('tenant'), jobId: unique('job'), errorClass: 'oom' };
      await stores.attempts.record([exampleAttempt({ ...job, jobType: 'webhook', attemptNumber: 1, success: false })]);
      const found = await find({ ...job, jobType: 'email_send', attemptNumber: 2 });
      expect(found?.recordedForJob).toMatchObject([{ errorClass: 'oom', attemptNumber: 1 }]);
    });

    it.each(['cancelled', 'unknown'])(
      'passes over recorded failures that were %s: they teach nothing',
      async (status) => {
        const job = { tenant: unique('tenant'), jobId: unique('job') };
        const failed = { ...job, attemptNumber: 1, success: false, errorClass: 'oom' };
        await stores.attempts.record([exampleAttempt({ ...failed, status })]);
        expect(await find({ ...job, attemptNumber: 2 })).toEqual(NOTHING);
      },
    );

    it('passes over recorded failures without a class', async () => {
      const job = { jobId: unique('job') };
      await stores.attempts.record([exampleAttempt({ ...job, attemptNumber: 1, success: false })]);
      expect(await find({ ...job, attemptNumber: 2 })).toEqual(NOTHING);
    });

    it('finds recent retries recommended without a job id by their shape', async () => {
      const shape = { tenant: unique('tenant'), jobType: 'webhook', attemptNumber: 2 };
      const decision = (features = {}, recommendation = {}, decidedAtMs = NOON_MS) =>
        exampleDecision({ ...shape, ...features }, { delayMs: 4_321, ...recommendation }, { decidedAtMs });
      const match = decision();
      await appendDecisions(stores.decisions, [
        match,
        decision({ tenant: `${shape.tenant}x` }),
        decision({ jobType: 'webhooks' }),
        decision({ attemptNumber: 1 }),
        decision({ jobId: unique('job') }),
        decision({}, { delayMs: 4_322 }),
        decision({}, { decision: 'stop', shouldRetry: false }),
        decision({}, {}, NOON_MS - 60_001),
      ]);
      expect((await find({ ...shape, delayMs: 4_321 }))?.recommendedForShape).toEqual([
        {
          errorClass: 'timeout',
          errorCode: '503',
          attemptNumber: 2,
          delayMs: 4_321,
          recommendationId: match.recommendationId,
          atMs: NOON_MS,
        },
      ]);
      expect(await find(shape)).toEqual(NOTHING);
    });

    it('answers at most the newest few of a list', async () => {
      const shape = { tenant: unique('tenant'), attemptNumber: 1 };
      await appendDecisions(
        stores.decisions,
        Array.from({ length: MAX_CANDIDATES + 4 }, (_, i) => exampleDecision(shape, {}, { decidedAtMs: NOON_MS + i })),
      );
      const found = (await find({ ...shape, delayMs: 4_000 }))?.recommendedForShape ?? [];
      expect(found.map((candidate) => candidate.atMs - NOON_MS)).toEqual([11, 10, 9, 8, 7, 6, 5, 4]);
    });
  });
}

import { describe, expect, it } from '@jest/globals';
import type {
  AttemptRecord,
  AttemptReport,
  DecisionAction,
  FailureCandidates,
  FailureLookup,
} from '@smart-retry/domain';
import { FixedClock, someFeatures, someReport, someStrategy, T0 } from '@smart-retry/domain/testing';
import { AttemptRecorder, type AttemptRecorderOptions } from './attempt-recorder.js';
import { compileSnapshot } from './configuration-snapshot.js';
import { NO_CANDIDATES } from './link-outcome.js';
import { RecentRecommendations } from './recent-recommendations.js';
import { SOME_IDS, someRecommendationId } from './testing/recommendation-ids.js';

const open = (
  collection: { enabled?: boolean; sampleRate?: number } = {},
  found: FailureCandidates = NO_CANDIDATES,
  told: Pick<AttemptRecorderOptions, 'onRecorded' | 'onError'> = {},
) => {
  const clock = new FixedClock();
  const strategy = someStrategy();
  const snapshotWith = (changes: typeof collection) =>
    compileSnapshot(
      {
        revision: 1,
        strategy: { ...strategy, dataCollection: { ...strategy.dataCollection, ...changes } },
        changedAtMs: T0,
        changedBy: 'test',
      },
      { isEnabled: true },
    );
  let configuration = snapshotWith(collection);
  const collect = (changes: typeof collection) => {
    configuration = snapshotWith(changes);
  };
  const stored: AttemptRecord[] = [];
  const lookups: FailureLookup[] = [];
  const recent = new RecentRecommendations({ maxEntries: 10, ttlMs: 60_000, clock: clock.read });
  const recorder = new AttemptRecorder({
    configuration: { current: () => configuration },
    attempts: {
      record: (records) => {
        const isKnown = (record: AttemptRecord) => stored.some(({ report }) => report.jobId === record.report.jobId);
        const results = records.map((record) => ({ duplicate: isKnown(record) }));
        stored.push(...records.filter((_, i) => results[i]?.duplicate === false));
        return Promise.resolve(results);
      },
      findFailures: (asked) => {
        lookups.push(...asked);
        return Promise.resolve(asked.map(() => found));
      },
    },
    ids: SOME_IDS,
    recent,
    clock: clock.read,
    maxBatchAttempts: 100,
    maxQueuedAttempts: 100,
    ...told,
  });
  return { recorder, stored, lookups, recent, collect };
};

const advised = (delayMs: number) => ({
  errorClass: 'timeout',
  attemptNumber: 1,
  delayMs,
  recommendationId: `r${delayMs}`,
  atMs: T0,
});

describe('AttemptRecorder', () => {
  it('links to what this process has just advised for the job, without asking the store', async () => {
    const { recorder, stored, lookups, recent } = open();
    recent.remember(someFeatures({ jobId: 'job-1' }), advised(2_000));
    const [recorded] = await recorder.record([someReport()]);
    expect(recorded).toMatchObject({ status: 'recorded', duplicate: false, link: { source: 'job', delayMs: 2_000 } });
    expect(stored[0]).toMatchObject({ isRetry: true, sampleRate: 1, link: { errorClass: 'timeout' } });
    expect(lookups).toEqual([]);
  });

  it('asks the store for what this process does not know', async () => {
    const { recorder, lookups } = open({}, { ...NO_CANDIDATES, recommendedForJob: [advised(3_000)] });
    const [recorded] = await recorder.record([someReport()]);
    expect(lookups).toEqual([
      { tenant: '', jobType: 'email_send', jobId: 'job-1', attemptNumber: 2, sinceMs: T0 - 120_000 },
    ]);
    expect(recorded?.link).toMatchObject({ source: 'job', delayMs: 3_000 });
  });

  it('takes the dependency that was named with the failure where the report names none', async () => {
    const failed = { jobId: 'recorded', errorClass: 'oom', success: false, attemptNumber: 1, dependency: 'smtp' };
    const { recorder, stored, recent } = open();
    for (const jobId of ['by-job', 'by-id', 'named'])
      recent.remember(someFeatures({ jobId }), { ...advised(2_000), dependency: 'smtp' });
    const later = { ...advised(2_000), attemptNumber: 2, dependency: 'other' };
    recent.remember(someFeatures({ jobId: 'later', attemptNumber: 2 }), later);
    await recorder.record([
      someReport({ jobId: 'by-job' }),
      someReport({ jobId: 'by-id', recommendationId: someRecommendationId('retry') }),
      someReport({ jobId: 'later', recommendationId: someRecommendationId('retry') }),
      someReport({ jobId: 'named', dependency: 'other' }),
      someReport(failed),
      someReport({ jobId: 'recorded' }),
      someReport({ ...failed, jobId: 'of-another-type', jobType: 'webhook' }),
      someReport({ jobId: 'of-another-type' }),
      someReport({ jobId: 'advised-elsewhere', recommendationId: someRecommendationId('retry', 'smtp') }),
    ]);
    expect(stored.map(({ report, link }) => [link?.source, report.dependency])).toEqual([
      ['job', 'smtp'],
      ['recommendation', 'smtp'],
      ['recommendation', undefined],
      ['job', 'other'],
      [undefined, 'smtp'],
      ['job', 'smtp'],
      [undefined, 'smtp'],
      ['job', undefined],
      ['recommendation', 'smtp'],
    ]);
  });

  it('says whether a job was run although it had been put off', async () => {
    const linksAfter = async (decision: DecisionAction) => {
      const { recorder, recent } = open();
      const failure = { ...advised(2_000), recommendationId: someRecommendationId(decision) };
      recent.remember(someFeatures(), failure);
      recent.remember(someFeatures({ jobId: 'job' }), failure);
      const byId = { jobId: 'id', recommendationId: someRecommendationId(decision) };
      const reports = [byId, { jobId: 'job' }, { jobId: 'shape', attemptNumber: 1, delayMs: 2_000 }];
      const recorded = await recorder.record(reports.map(someReport));
      return recorded.map(({ link }) => [link?.source, link?.wasPutOff]);
    };
    const sources = ['recommendation', 'job', 'shape'];
    expect(await linksAfter('defer')).toEqual(sources.map((source) => [source, true]));
    expect(await linksAfter('retry')).toEqual(sources.map((source) => [source, undefined]));
  });

  it('asks the store what was waited in spite of a stop, unless the report says it', async () => {
    const failed = { errorClass: 'timeout', attemptNumber: 1, atMs: T0 - 9_000 };
    const { recorder, lookups, recent } = open({}, { ...NO_CANDIDATES, recordedForJob: [failed] });
    const stop = { errorClass: 'timeout', attemptNumber: 1, atMs: T0 - 1 };
    for (const jobId of ['a', 'b']) recent.remember(someFeatures({ jobId }), stop);
    const recorded = await recorder.record([someReport({ jobId: 'a' }), someReport({ jobId: 'b', actualDelayMs: 5 })]);
    expect(recorded.map(({ link }) => [link?.source, link?.delayMs])).toEqual([
      ['job', 9_000],
      ['job', 5],
    ]);
    expect(lookups.map(({ jobId }) => jobId)).toEqual(['a']);
  });

  it('teaches nothing where this process and the store know different failures of one shape', async () => {
    const elsewhere = { ...advised(2_000), errorClass: 'oom', recommendationId: 'other' };
    const { recorder, stored, recent } = open({}, { ...NO_CANDIDATES, recommendedForShape: [elsewhere] });
    recent.remember(someFeatures(), advised(2_000));
    const [recorded] = await recorder.record([someReport({ attemptNumber: 1, delayMs: 2_000 })]);
    expect(recorded?.link).toBeNull();
    expect(stored[0]?.isRetry).toBe(true);
  });

  it('keeps failures apart that were advised the same delay at other times', async () => {
    const { recorder, lookups, recent } = open();
    const [earlier, later] = [advised(2_000), { ...advised(2_000), recommendationId: 'later', atMs: T0 + 130_000 }];
    for (const failure of [{ ...earlier, errorClass: 'oom' }, later]) recent.remember(someFeatures(), failure);
    const retry = someReport({ attemptNumber: 1, delayMs: 2_000, timestampMs: later.atMs + 2_500 });
    const [recorded] = await recorder.record([retry]);
    expect(recorded?.link).toMatchObject({ source: 'shape', errorClass: 'timeout' });
    expect(lookups).toMatchObject([{ sinceMs: later.atMs + 500 - 120_000 }]);
  });

  it('links a retry to the failure that is recorded together with it, in whatever order', async () => {
    const failed = someReport({ jobId: 'a', attemptNumber: 1, success: false, errorClass: 'oom' });
    const retried = someReport({ jobId: 'a', attemptNumber: 2, success: true, delayMs: 3_000 });
    for (const reports of [
      [failed, retried],
      [retried, failed],
    ]) {
      const { recorder } = open();
      const links = (await recorder.record(reports)).map(({ link }) => link);
      expect(links[reports.indexOf(retried)]).toMatchObject({
        source: 'job',
        errorClass: 'oom',
        failedAttemptNumber: 1,
      });
    }
    const ofAnother = { ...failed, jobId: 'b' };
    const cancelled = { ...failed, status: 'cancelled' };
    for (const other of [ofAnother, cancelled]) {
      const [, unlinked] = await open().recorder.record([other, retried]);
      expect(unlinked?.link ?? null).toBeNull();
    }
    const [, ofAnotherType] = await open().recorder.record([{ ...failed, jobType: 'webhook' }, retried]);
    expect(ofAnotherType?.link).toMatchObject({ source: 'job', errorClass: 'oom' });
  });

  it('keeps where the time of a report is from: what is waited after a failure depends on it', async () => {
    const failed = { errorClass: 'oom', attemptNumber: 1, atMs: T0 - 9_000 };
    const { recorder, stored } = open({}, { ...NO_CANDIDATES, recordedForJob: [failed] });
    const reports = [someReport({ jobId: 'told' }), someReport({ jobId: 'untold', isTimedByReceipt: true })];
    await recorder.record(reports);
    expect(stored.map(({ link }) => link?.delayMs)).toEqual([9_000, undefined]);
    expect(stored.map(({ report }) => report)).toEqual(reports);
  });

  it('knows of two that are recorded together what was waited, unless one of them told no time', async () => {
    const failed = someReport({ attemptNumber: 1, success: false, errorClass: 'oom', timestampMs: T0 - 9_000 });
    const linkAfter = async (failure: AttemptReport) =>
      (await open().recorder.record([failure, someReport()]))[1]?.link;
    expect(await linkAfter(failed)).toMatchObject({ errorClass: 'oom', delayMs: 9_000 });
    const untimed = await linkAfter({ ...failed, isTimedByReceipt: true });
    expect(untimed).toMatchObject({ errorClass: 'oom', delayMs: undefined });
  });

  it('counts a plain first try as no retry and looks for nothing', async () => {
    const { recorder, stored, lookups } = open();
    await recorder.record([someReport({ attemptNumber: 1 })]);
    expect(stored[0]?.isRetry).toBe(false);
    expect(lookups).toEqual([]);
  });

  it('counts what waited before it as a retry under whatever number, also where nobody knows what it followed', async () => {
    const { recorder, stored } = open();
    const underFailedNumber = someReport({ attemptNumber: 1, delayMs: 2_000 });
    const isRetry = async (report: AttemptReport) => {
      await recorder.record([report]);
      return stored.at(-1)?.isRetry;
    };
    expect(await isRetry({ ...underFailedNumber, jobId: 'a' })).toBe(true);
    expect(await isRetry({ ...underFailedNumber, jobId: 'b', actualDelayMs: 0, processingTimeMs: 900 })).toBe(false);
    expect(stored.some(({ link }) => link !== undefined)).toBe(false);
  });

  it('skips everything while data collection is off', async () => {
    const { recorder, stored } = open({ enabled: false });
    expect(await recorder.record([someReport()])).toEqual([{ status: 'skipped', duplicate: false, link: null }]);
    expect(stored).toEqual([]);
  });

  it('keeps a job whole or not at all, answers in order, and notes the rate', async () => {
    const { recorder, stored } = open({ sampleRate: 0.5 });
    const reports = Array.from({ length: 40 }, (_, i) =>
      someReport({ jobId: `job-${i >> 1}`, attemptNumber: 1 + (i % 2) }),
    );
    const answers = await recorder.record(reports);
    const keptJobs = new Set(stored.map(({ report }) => report.jobId));
    answers.forEach((answer, i) => {
      expect(answer.status).toBe(keptJobs.has(`job-${i >> 1}`) ? 'recorded' : 'skipped');
    });
    expect(keptJobs.size).toBeGreaterThan(0);
    expect(stored).toHaveLength(2 * keptJobs.size);
    expect(stored[0]?.sampleRate).toBe(0.5);
  });

  it('keeps the rate with which a job was sampled, however the setting changes while it waits', async () => {
    const { recorder, stored, collect } = open({ sampleRate: 0.5 });
    const recording = recorder.record(Array.from({ length: 40 }, (_, i) => someReport({ jobId: `job-${i}` })));
    collect({ sampleRate: 0 });
    await recording;
    expect(new Set(stored.map((record) => record.sampleRate))).toEqual(new Set([0.5]));
  });

  it.each(['cancelled', 'unknown'])(
    'keeps a %s attempt, as no retry and with no failure to learn from',
    async (status) => {
      const { recorder, stored, lookups, recent } = open();
      recent.remember(someFeatures({ jobId: 'job-1' }), advised(2_000));
      await recorder.record([someReport({ status, success: false, errorClass: 'timeout' })]);
      expect(stored).toMatchObject([{ isRetry: false, report: { status } }]);
      expect(stored[0]?.link).toBeUndefined();
      expect(lookups).toEqual([]);
    },
  );

  it('tells what has become durable, and nothing of what was there already', async () => {
    const told: string[][] = [];
    const onRecorded = (records: readonly AttemptRecord[]) => told.push(records.map(({ report }) => report.jobId));
    const { recorder } = open({}, NO_CANDIDATES, { onRecorded });
    await recorder.record([someReport({ jobId: 'a' })]);
    await recorder.record([someReport({ jobId: 'a' }), someReport({ jobId: 'b' })]);
    await recorder.record([someReport({ jobId: 'b' })]);
    expect(told).toEqual([['a'], ['b']]);
  });

  it('acknowledges what is stored even when whoever is told of it fails', async () => {
    const errors: unknown[] = [];
    const failure = new Error('cannot learn');
    const onRecorded = () => {
      throw failure;
    };
    const { recorder } = open({}, NO_CANDIDATES, { onRecorded, onError: (error) => errors.push(error) });
    expect(await recorder.record([someReport()])).toMatchObject([{ status: 'recorded', duplicate: false }]);
    expect(errors).toEqual([failure]);
  });
});

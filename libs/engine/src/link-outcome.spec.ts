import { describe, expect, it } from '@jest/globals';
import type { AttemptReport, FailureCandidate } from '@smart-retry/domain';
import { someReport, T0 } from '@smart-retry/domain/testing';
import {
  earliestAdviceMs,
  linkByCandidates,
  linkByRecommendationId,
  mergeCandidates,
  NO_CANDIDATES,
} from './link-outcome.js';
import { RecommendationIds, type RecommendationClaims } from './recommendation-id.js';

const candidate = (changes: Partial<FailureCandidate> = {}): FailureCandidate => ({
  errorClass: 'timeout',
  attemptNumber: 1,
  delayMs: 2_100,
  recommendationId: 'r1',
  atMs: T0,
  ...changes,
});

describe('way 1: the recommendation id', () => {
  const ids = new RecommendationIds(new Uint8Array(32));
  const CLAIMS: RecommendationClaims = {
    decision: 'retry',
    issuedAtMs: T0,
    attemptNumber: 1,
    delayMs: 2_100,
    propensity: 1,
    tenant: '',
    jobType: 'email_send',
    errorClass: 'timeout',
    errorCode: '504',
    nonce: 0,
  };
  const issue = (jobType: string) => ids.encode({ ...CLAIMS, jobType });

  it('names class, code, attempt and advised delay', () => {
    const id = issue('email_send');
    expect(linkByRecommendationId(someReport({ recommendationId: id }), ids.decode(id))).toEqual({
      source: 'recommendation',
      errorClass: 'timeout',
      errorCode: '504',
      failedAttemptNumber: 1,
      delayMs: 2_100,
      recommendationId: id,
    });
  });

  it('hands on how long the dependency had been failing, where that is known', () => {
    const id = ids.encode({ ...CLAIMS, incidentAgeMs: 7_000, hintMs: 1_023 });
    const link = linkByRecommendationId(someReport({ recommendationId: id }), ids.decode(id));
    expect(link).toMatchObject({ source: 'recommendation', incidentAgeMs: 7_000, hintMs: 1_023 });
    const found = { ...NO_CANDIDATES, recommendedForJob: [candidate({ incidentAgeMs: 90_000, hintMs: 5_000 })] };
    expect(linkByCandidates(someReport(), found)).toMatchObject({
      source: 'job',
      incidentAgeMs: 90_000,
      hintMs: 5_000,
    });
    const known = { ...NO_CANDIDATES, recommendedForJob: [candidate()] };
    expect(linkByCandidates(someReport(), known)?.incidentAgeMs).toBeUndefined();
  });

  it('lets the delay really waited win', () => {
    const id = issue('email_send');
    const report = someReport({ recommendationId: id, delayMs: 2_100, actualDelayMs: 9_000 });
    expect(linkByRecommendationId(report, ids.decode(id))?.delayMs).toBe(9_000);
  });

  it('is not followed by the very failure that it was given for', () => {
    const id = issue('email_send');
    const link = (changes: Parameters<typeof someReport>[0]) =>
      linkByRecommendationId(someReport({ recommendationId: id, ...changes }), ids.decode(id));
    expect(link({ attemptNumber: 1, success: false })).toBeNull();
    expect(link({ attemptNumber: 1, success: false, delayMs: 0 })).toBeNull();
    expect(link({ attemptNumber: 7 })?.source).toBe('recommendation');
    expect(link({ attemptNumber: 1, success: false, delayMs: 2_100 })?.source).toBe('recommendation');
    expect(link({ attemptNumber: 1, success: true })?.source).toBe('recommendation');
  });

  it.each<[string, Partial<AttemptReport>, number | undefined]>([
    ['nobody knows how long, since the stop may have been asked for late', {}, undefined],
    ['not what was told with the stop', { delayMs: 0 }, undefined],
    ['what the report says', { actualDelayMs: 5 }, 5],
  ])('of a stop names the failure before a retry all the same, which waited %s', (_, changes, delayMs) => {
    const id = ids.encode({ ...CLAIMS, decision: 'stop', delayMs: 0, incidentAgeMs: 0 });
    const report = someReport({ recommendationId: id, timestampMs: T0 + 3_600_000, ...changes });
    const link = { source: 'recommendation', errorClass: 'timeout', failedAttemptNumber: 1, incidentAgeMs: 0, delayMs };
    expect(linkByRecommendationId(report, ids.decode(id))).toMatchObject({ ...link, recommendationId: undefined });
    const failure = { ...report, attemptNumber: 1, success: false };
    expect(linkByRecommendationId(failure, ids.decode(id))).toBeNull();
  });

  it('is not followed for another job type', () => {
    const id = issue('sms_send');
    expect(linkByRecommendationId(someReport({ recommendationId: id }), ids.decode(id))).toBeNull();
  });

  it('is followed by a report that names no tenant, and by none of another tenant', () => {
    const id = ids.encode({ ...CLAIMS, tenant: 'acme' });
    const link = (changes: Parameters<typeof someReport>[0]) =>
      linkByRecommendationId(someReport({ recommendationId: id, ...changes }), ids.decode(id));
    expect(link({})?.errorClass).toBe('timeout');
    expect(link({ tenant: 'acme' })?.errorClass).toBe('timeout');
    expect(link({ tenant: 'other' })).toBeNull();
    expect(link({ jobType: 'sms_send' })).toBeNull();
  });
});

describe('way 2: the same job', () => {
  it('finds the recommendation for the attempt before', () => {
    const found = { ...NO_CANDIDATES, recommendedForJob: [candidate({ attemptNumber: 2 }), candidate()] };
    expect(linkByCandidates(someReport({ attemptNumber: 2 }), found)).toMatchObject({
      source: 'job',
      failedAttemptNumber: 1,
      recommendationId: 'r1',
    });
  });

  it('takes a success under the number of the failed attempt for its retry', () => {
    const found = { ...NO_CANDIDATES, recommendedForJob: [candidate()] };
    expect(linkByCandidates(someReport({ attemptNumber: 1, delayMs: 5 }), found)?.source).toBe('job');
  });

  it('takes a failure under that number for the failure itself, unless it waited what was advised', () => {
    const found = { ...NO_CANDIDATES, recommendedForJob: [candidate()] };
    const failure = someReport({ attemptNumber: 1, success: false, errorClass: 'timeout' });
    expect(linkByCandidates(failure, found)).toBeNull();
    expect(linkByCandidates({ ...failure, delayMs: 2_100 }, found)?.source).toBe('job');
  });

  it('links a retry to the stop that was answered last, which was not what was done', () => {
    const stop = candidate({ delayMs: undefined, recommendationId: undefined, errorClass: 'oom' });
    const found = { ...NO_CANDIDATES, recommendedForJob: [stop, candidate({ atMs: T0 - 1 })] };
    const report = someReport({ timestampMs: T0 + 60_000 });
    const link = { source: 'job', errorClass: 'oom', delayMs: undefined, recommendationId: undefined };
    expect(linkByCandidates({ ...report, delayMs: 0 }, found)).toMatchObject(link);
    const failure = { ...report, attemptNumber: 1, success: false };
    expect(linkByCandidates(failure, { ...NO_CANDIDATES, recommendedForJob: [stop] })).toBeNull();
  });

  it.each<[string, Partial<AttemptReport>, Partial<FailureCandidate>, number | undefined]>([
    ['what lies between record and retry', {}, {}, 3_660_000],
    ['without the time that the retry took', { processingTimeMs: 60_000 }, {}, 3_600_000],
    ['what the retry says instead', { actualDelayMs: 5 }, {}, 5],
    ['not what was told with the stop', { delayMs: 0 }, {}, 3_660_000],
    ['not known where the retry tells no time of its own', { isTimedByReceipt: true }, {}, undefined],
    ['not known where the failure on record is another one', { attemptNumber: 1 }, { attemptNumber: 0 }, undefined],
    ['not known where the failure told no time of its own', {}, { isTimedByReceipt: true }, undefined],
  ])('knows what was waited in spite of a stop since the job failed: %s', (_, changes, record, delayMs) => {
    const stop = candidate({ delayMs: undefined, recommendationId: undefined });
    const recorded = { errorClass: 'timeout', attemptNumber: 1, atMs: T0 - 3_600_000, ...record };
    const report = someReport({ timestampMs: T0 + 60_000, ...changes });
    const found = { ...NO_CANDIDATES, recommendedForJob: [stop], recordedForJob: [recorded] };
    expect(linkByCandidates(report, found)).toMatchObject({ source: 'job', errorClass: 'timeout', delayMs });
  });

  it('falls back to the record of the attempt before', () => {
    const found = { ...NO_CANDIDATES, recordedForJob: [{ errorClass: 'oom', attemptNumber: 1, atMs: T0 }] };
    expect(linkByCandidates(someReport({ delayMs: 3_000 }), found)).toMatchObject({
      source: 'job',
      errorClass: 'oom',
      delayMs: 3_000,
    });
  });

  it.each<[string, Partial<AttemptReport>, number | undefined]>([
    ['what lies between the two', {}, 9_000],
    ['without the time that the retry took', { processingTimeMs: 2_000.5 }, 6_999.5],
    ['none where the retry took all of it', { processingTimeMs: 20_000 }, 0],
    ['what the retry says instead', { delayMs: 3_000 }, 3_000],
    ['not known where both are of one time', { timestampMs: T0 - 9_000 }, undefined],
    ['not known where the retry tells no time of its own', { isTimedByReceipt: true }, undefined],
    ['not known where the failure is of a later time', { timestampMs: T0 - 60_000 }, undefined],
  ])('knows what was waited after a recorded attempt: %s', (_, changes, delayMs) => {
    const recorded = { errorClass: 'oom', attemptNumber: 1, atMs: T0 - 9_000 };
    const report = someReport({ timestampMs: T0, ...changes });
    expect(linkByCandidates(report, { ...NO_CANDIDATES, recordedForJob: [recorded] })?.delayMs).toBe(delayMs);
  });

  it('does not know what was waited after a failure that told no time of its own: it may have ended long before', () => {
    const recorded = { errorClass: 'oom', attemptNumber: 1, atMs: T0 - 9_000, isTimedByReceipt: true } as const;
    const link = linkByCandidates(someReport({ timestampMs: T0 }), { ...NO_CANDIDATES, recordedForJob: [recorded] });
    expect(link).toMatchObject({ source: 'job', errorClass: 'oom', delayMs: undefined });
  });

  it('knows nothing of what was waited beside the delay that was advised', () => {
    const found = {
      recommendedForShape: [],
      recommendedForJob: [candidate()],
      recordedForJob: [candidate({ atMs: T0 - 9_000 })],
    };
    expect(linkByCandidates(someReport({ timestampMs: T0 }), found)?.delayMs).toBe(2_100);
  });
});

describe('way 3: the same shape', () => {
  const report = someReport({ attemptNumber: 1, delayMs: 2_100 });

  it('finds a recommendation of the same number and delay', () => {
    const found = { ...NO_CANDIDATES, recommendedForShape: [candidate(), candidate({ recommendationId: 'r2' })] };
    expect(linkByCandidates(report, found)).toMatchObject({ source: 'shape', errorClass: 'timeout' });
  });

  it('teaches nothing where candidates are of different classes or codes', () => {
    const others = [candidate({ errorClass: 'oom' }), candidate({ errorCode: '504' })];
    for (const other of others) {
      const found = { ...NO_CANDIDATES, recommendedForShape: [candidate(), other] };
      expect(linkByCandidates({ ...report, errorClass: 'timeout' }, found)).toBeNull();
    }
  });
});

describe('when a retry of a shape was recommended at the earliest', () => {
  it.each([
    ['before the delay, with two minutes for a busy worker', { delayMs: 2_000 }, 2_000 + 120_000],
    ['as late as it waited, if that is longer', { delayMs: 600_000 }, 600_000 + 600_000],
    ['before the attempt began', { delayMs: 2_000, processingTimeMs: 90_000.5 }, 2_000 + 90_001 + 120_000],
    ['before what was really waited', { delayMs: 2_000, actualDelayMs: 300_000 }, 300_000 + 300_000],
    ['at no time before all times, however long it took', { delayMs: 2_000, processingTimeMs: 1e60 }, T0],
  ])('is %s', (_, changes, beforeMs) => {
    expect(T0 - earliestAdviceMs(someReport({ ...changes, timestampMs: T0 }))).toBe(beforeMs);
  });
});

describe('way 4: its own context', () => {
  it('links a retry with a class to itself, the attempt before at least 1', () => {
    expect(linkByCandidates(someReport({ attemptNumber: 3, errorClass: 'oom' }), NO_CANDIDATES)).toMatchObject({
      source: 'self',
      errorClass: 'oom',
      failedAttemptNumber: 2,
    });
    const underFailedNumber = someReport({ attemptNumber: 1, errorClass: 'oom', delayMs: 500 });
    expect(linkByCandidates(underFailedNumber, NO_CANDIDATES)?.failedAttemptNumber).toBe(1);
  });

  it('teaches nothing without a class, and nothing for a first try', () => {
    expect(linkByCandidates(someReport({ delayMs: 500 }), NO_CANDIDATES)).toBeNull();
    const firstTry = someReport({ attemptNumber: 1, success: false, errorClass: 'oom' });
    expect(linkByCandidates(firstTry, NO_CANDIDATES)).toBeNull();
    expect(linkByCandidates({ ...firstTry, delayMs: 0 }, NO_CANDIDATES)).toBeNull();
  });
});

describe('mergeCandidates', () => {
  it('counts a recommendation that both sources know once', () => {
    const one = { ...NO_CANDIDATES, recommendedForShape: [candidate()] };
    const two = { ...NO_CANDIDATES, recommendedForShape: [candidate(), candidate({ recommendationId: 'r2' })] };
    expect(mergeCandidates(one, two).recommendedForShape.map((c) => c.recommendationId)).toEqual(['r1', 'r2']);
  });
});

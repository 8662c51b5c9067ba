import { describe, expect, it } from '@jest/globals';
import { someFeatures } from '@smart-retry/domain/testing';
import { isSampled } from '../sampling.js';
import { isInCanary } from './canary.js';

const JOBS = Array.from({ length: 10_000 }, (_, i) => `job-${i}`);
const inCanary = (jobId: string, percent: number, version = 'v1') =>
  isInCanary(someFeatures({ jobId }), { version, percent });
const shareOf = (jobs: readonly string[], percent: number, version?: string) =>
  jobs.filter((jobId) => inCanary(jobId, percent, version)).length / jobs.length;

describe('a canary', () => {
  it('has none of the jobs at 0 percent, all at 100, and a tenth at 10', () => {
    expect(shareOf(JOBS, 0)).toBe(0);
    expect(shareOf(JOBS, 100)).toBe(1);
    expect(Math.abs(shareOf(JOBS, 10) - 0.1)).toBeLessThan(0.01);
  });

  it('keeps a job through its attempts, and while its share grows', () => {
    for (const jobId of JOBS.slice(0, 500)) {
      const first = isInCanary(someFeatures({ jobId, attemptNumber: 1 }), { version: 'v1', percent: 10 });
      const later = someFeatures({ jobId, attemptNumber: 4, errorClass: 'other', payloadSize: 9 });
      expect(isInCanary(later, { version: 'v1', percent: 10 })).toBe(first);
      if (first) expect(inCanary(jobId, 50)).toBe(true);
    }
  });

  it('is independent of the sample of jobs that is kept, and of other canaries', () => {
    const sampled = JOBS.filter((jobId) => isSampled(jobId, 0.3));
    expect(Math.abs(shareOf(sampled, 10) - 0.1)).toBeLessThan(0.02);
    const inFirst = JOBS.filter((jobId) => inCanary(jobId, 30, 'v1'));
    expect(Math.abs(shareOf(inFirst, 10, 'v2') - 0.1)).toBeLessThan(0.02);
  });

  it('splits jobs without an id by their features, each kind always the same way', () => {
    const kinds = JOBS.map((jobType) => ({ version: 'v1', features: someFeatures({ jobType }) }));
    const share = kinds.filter(({ features }) => isInCanary(features, { version: 'v1', percent: 10 })).length;
    expect(Math.abs(share / kinds.length - 0.1)).toBeLessThan(0.01);
    const kind = { jobType: 'x', payloadSize: 7 };
    expect(isInCanary(someFeatures({ ...kind, attemptNumber: 3 }), { version: 'v1', percent: 50 })).toBe(
      isInCanary(someFeatures({ ...kind, recentFailures: 5 }), { version: 'v1', percent: 50 }),
    );
  });

  it('does not mix the labels of different tenants up', () => {
    const of = (tenant: string, jobId: string) =>
      JOBS.slice(0, 64).map((version) => isInCanary(someFeatures({ tenant, jobId }), { version, percent: 50 }));
    expect(of('a', 'bc')).not.toEqual(of('ab', 'c'));
  });
});

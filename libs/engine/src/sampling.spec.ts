import { describe, expect, it } from '@jest/globals';
import { isSampled } from './sampling.js';

const jobs = Array.from({ length: 20_000 }, (_, i) => `job-${i}`);

describe('isSampled', () => {
  it('keeps about the asked share of jobs', () => {
    const share = jobs.filter((job) => isSampled(job, 0.25)).length / jobs.length;
    // Four standard errors of a share of 0.25 over 20,000 jobs.
    expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / jobs.length));
  });

  it('keeps at a higher rate all that it keeps at a lower one', () => {
    const kept = jobs.filter((job) => isSampled(job, 0.1));
    expect(kept.every((job) => isSampled(job, 0.4))).toBe(true);
  });

  it('keeps all at 1 and none at 0', () => {
    expect(jobs.every((job) => isSampled(job, 1))).toBe(true);
    expect(jobs.some((job) => isSampled(job, 0))).toBe(false);
  });
});

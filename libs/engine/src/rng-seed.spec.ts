import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { seedOf } from './rng-seed.js';

const noWord = () => {
  throw new Error('not asked for');
};

describe('seedOf', () => {
  it('is the same for the same tenant, job and attempt, and another one where any of them differs', () => {
    const job = { tenant: 'a', jobId: 'job-1', attemptNumber: 2 };
    expect(seedOf(job, noWord)).toEqual(seedOf({ ...job }, noWord));
    const others = [
      { ...job, tenant: 'b' },
      { ...job, jobId: 'job-2' },
      { ...job, attemptNumber: 3 },
      { tenant: 'aj', jobId: 'ob-1', attemptNumber: 2 },
      { jobId: 'ajob-1', attemptNumber: 2 },
    ];
    const seeds = [job, ...others].map((other) => seedOf(other, noWord).join());
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it('draws afresh for a question without a job', () => {
    let word = 0;
    expect(seedOf({ attemptNumber: 2 }, () => ++word)).toEqual([1, 2, 3, 4]);
  });

  it('seeds first draws that are uniform and independent over numbered jobs: chi-squared over 64 × 16 cells', () => {
    const n = 102_400;
    const counts = new Array<number>(1_024).fill(0);
    for (let i = 0; i < n; i++) {
      const rng = createRng(seedOf({ tenant: 'customer_a', jobId: `task_${i}`, attemptNumber: 1 + (i % 5) }, noWord));
      counts[Math.floor(rng() * 64) * 16 + Math.floor(rng() * 16)]! += 1;
    }
    const chiSquared = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    // R 4.3: qchisq(0.999, 1023)
    expect(chiSquared).toBeLessThan(1_168.497);
  });
});

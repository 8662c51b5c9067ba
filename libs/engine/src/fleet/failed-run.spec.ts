import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { FailedRun } from './failed-run.js';

describe('FailedRun', () => {
  it('counts jobs and not their retries, since the last success that this process or another has heard of', () => {
    const run = new FailedRun();
    for (const job of ['a', 'b', 'b', 'b']) run.noteFailure(job, 1_000);
    run.noteFailure('c', 2_000);
    expect(run.at(0, 3_000).jobs).toBe(3);
    expect(run.at(1_500, 3_000).jobs).toBe(1);
    run.noteSuccess();
    expect(run.at(0, 3_000).jobs).toBe(0);
  });

  it('forgets what failed more than ten minutes ago', () => {
    const run = new FailedRun();
    run.noteFailure('a', 1_000);
    expect([run.at(0, 600_000).jobs, run.at(0, 602_000).jobs]).toEqual([1, 0]);
  });

  it('learns how many fail from those that come after a success, which leaves outages out', () => {
    const run = new FailedRun();
    for (let i = 0; i < 3_000; i++) {
      if (i % 300 < 200) run.noteSuccess();
      else run.noteFailure(`job-${i}`, i);
    }
    expect(run.at(0, 3_000).usualShare).toBeLessThan(0.02);
  });

  it.each([0.3, 0.7, 0.9])('finds no row unlikely where %s of all retries fail whatever happens', (share) => {
    const rng = createRng([7, 7, 7, 7]);
    const run = new FailedRun();
    let unlikely = 0;
    for (let i = 0; i < 20_000; i++) {
      if (rng() < share) run.noteFailure(`job-${i}`, i);
      else run.noteSuccess();
      const { jobs, usualShare } = run.at(0, i);
      // Until then it has not seen much.
      if (i > 500 && jobs >= 5 && usualShare ** jobs <= 1e-5) unlikely++;
    }
    expect(unlikely).toBeLessThanOrEqual(10);
  });
});

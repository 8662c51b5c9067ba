import { describe, expect, it } from '@jest/globals';
import { RunningMeans } from './running-means.js';

const failure = { jobType: 'email', errorClass: 'timeout' };
const MINUTE_MS = 60_000;

describe('RunningMeans', () => {
  it('knows nothing of what was never observed', () => {
    expect(new RunningMeans().meansOf(failure, 0)).toEqual({});
  });

  it('forgets fast and slowly: ten bad minutes after a good week show in the fast mean only', () => {
    const means = new RunningMeans();
    for (let i = 0; i < 500; i++) means.observe(failure, i * 10 * MINUTE_MS, { success: true });
    const outageMs = 5_000 * MINUTE_MS;
    for (let i = 0; i < 20; i++) means.observe(failure, outageMs + i * MINUTE_MS, { success: false });
    const { fastMean = 1, slowMean = 0 } = means.meansOf(failure, outageMs + 20 * MINUTE_MS);
    expect(fastMean).toBeLessThan(0.2);
    expect(slowMean).toBeGreaterThan(0.9);
  });

  it('counts a late outcome by its age, so that the order of reports hardly matters', () => {
    const [inOrder, late] = [new RunningMeans(), new RunningMeans()];
    inOrder.observe(failure, 0, { success: true });
    inOrder.observe(failure, 10 * MINUTE_MS, { success: false });
    late.observe(failure, 10 * MINUTE_MS, { success: false });
    late.observe(failure, 0, { success: true });
    expect(late.meansOf(failure, 20 * MINUTE_MS)).toEqual(inOrder.meansOf(failure, 20 * MINUTE_MS));
  });

  it('keeps a bounded number of cells: those observed longest ago go first', () => {
    const means = new RunningMeans({ maxCells: 2 });
    for (const jobType of ['a', 'b', 'a', 'c']) means.observe({ ...failure, jobType }, 0, { success: true });
    expect(means.meansOf({ ...failure, jobType: 'b' }, 0)).toEqual({});
    expect(means.meansOf({ ...failure, jobType: 'a' }, 0)).not.toEqual({});
  });
});

import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { encodeApart, encodeForTraining } from './dataset.js';
import { areaUnderCurve } from './measure.js';
import { failedAtMsOf, foldsByTime, splitByTime, type Split } from './splits.js';
import { syntheticRows } from './testing/synthetic-rows.js';
import type { TrainingRow } from './training-row.js';
import { withRunningMeans } from './with-running-means.js';

const rows = syntheticRows({ rows: 1_000 }).sort((a, b) => a.atMs - b.atMs);
const paired = rows.map((row, i) => ({ ...row, jobId: `job ${Math.floor(i / 2)}` }));
const jobsOf = (indices: Uint32Array) => new Set(Array.from(indices, (i) => paired[i]?.jobId));

function sharedJobs({ train, test }: Split): number {
  const tested = jobsOf(test);
  return [...jobsOf(train)].filter((job) => tested.has(job)).length;
}

describe('splits', () => {
  const splits = [splitByTime(paired, 0.2), ...foldsByTime(paired, 5)];

  it('never put rows of one job on both sides', () => {
    expect(splits.map(sharedJobs)).toEqual(splits.map(() => 0));
    const naive = { train: Uint32Array.from([0, 2, 4]), test: Uint32Array.from([1, 3, 5]) };
    expect(sharedJobs(naive)).toBe(3);
  });

  it('train on no outcome that was still open when the test began, and on no failure before it ended', () => {
    for (const { train, test } of splits) {
      const tested = Array.from(test, (i) => paired[i] as TrainingRow);
      const firstFailureMs = Math.min(...tested.map(failedAtMsOf));
      const lastOutcomeMs = Math.max(...tested.map(({ atMs }) => atMs));
      for (const i of train) {
        const row = paired[i] as TrainingRow;
        expect(row.atMs < firstFailureMs || failedAtMsOf(row) > lastOutcomeMs).toBe(true);
      }
    }
  });

  it('test each row once over all folds', () => {
    const tested = foldsByTime(paired, 5).flatMap(({ test }) => [...test]);
    expect(tested).toEqual(paired.map((_, i) => i));
  });
});

describe('target encoding', () => {
  // Every job type is seen a few times, and outcomes have nothing to do with it.
  const rng = createRng([1, 2, 3, 4]);
  const noise = rows.map((row) => ({
    ...row,
    context: { ...row.context, jobType: `rare ${Math.floor(rng() * 30)}` },
    success: rng() < 0.5,
  }));
  const request = { features: ['delay_ms', 'job_type'], runningMeans: false };
  const aucOf = (values: Float64Array) =>
    areaUnderCurve(
      noise.map((_, i) => values[i * 2 + 1] ?? 0),
      noise.map(({ success }) => (success ? 1 : 0)),
    );

  it('out of fold tells nothing of the row itself; in fold it does', () => {
    const { schema, data } = encodeForTraining(request, noise);
    expect(aucOf(data.values)).toBeLessThan(0.53);
    expect(aucOf(encodeApart(schema, noise).values)).toBeGreaterThan(0.55);
  });
});

describe('running means', () => {
  it('hold only what was known at the failure: later outcomes change nothing', () => {
    const known = withRunningMeans(rows);
    const changed = withRunningMeans(rows.map((row, i) => (i < 500 ? row : { ...row, success: !row.success })));
    const cutMs = rows[500]?.atMs ?? 0;
    for (const [i, row] of rows.entries()) {
      if (failedAtMsOf(row) > cutMs) continue;
      expect(changed[i]?.context.fastMean).toBe(known[i]?.context.fastMean);
    }
    const last = rows.length - 1;
    expect(changed[last]?.context.fastMean).not.toBe(known[last]?.context.fastMean);
  });
});

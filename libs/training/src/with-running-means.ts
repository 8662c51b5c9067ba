import { RunningMeans } from '@smart-retry/ml';
import { failedAtMsOf } from './splits.js';
import type { TrainingRow } from './training-row.js';

/** The rows (sorted by `atMs`) with the means that a server would have known at each failure: of earlier outcomes only. */
export function withRunningMeans(rows: readonly TrainingRow[]): readonly TrainingRow[] {
  const means = new RunningMeans();
  const byFailure = rows.map((row, i) => ({ i, failedAtMs: failedAtMsOf(row) }));
  byFailure.sort((a, b) => a.failedAtMs - b.failedAtMs || a.i - b.i);
  const result = [...rows];
  let known = 0;
  for (const { i, failedAtMs } of byFailure) {
    for (let next = rows[known]; next !== undefined && next.atMs < failedAtMs; next = rows[++known])
      means.observe(next.context, next.atMs, next);
    const row = rows[i] as TrainingRow;
    result[i] = { ...row, context: { ...row.context, ...means.meansOf(row.context, failedAtMs) } };
  }
  return result;
}

import { dependencyOf, isTeaching, type TaughtRetry, type TeachingHistory } from '@smart-retry/domain';
import type { TaughtSample, TrainingTask } from './training-task.js';

/**
 * Reads what teaches within the task's window, by cursor. Of more than may be held a share of the jobs is taken, each
 * whole or not at all.
 */
export async function readRows(
  teaching: TeachingHistory,
  { fromMs, toMs, maxRows, learning }: Pick<TrainingTask, 'fromMs' | 'toMs' | 'maxRows' | 'learning'>,
): Promise<{ readonly rows: readonly TaughtRetry[]; readonly sample: TaughtSample }> {
  const window = { fromMs, toMs };
  const { retries } = await teaching.count(window);
  const jobShare = retries <= maxRows ? 1 : maxRows / retries;
  const rows: TaughtRetry[] = [];
  const labels = new Map<string, string>();
  await teaching.read(window, { jobShare }, (page) => {
    for (const row of page) {
      const { context, atMs } = row;
      const question = { jobType: context.jobType, dependency: dependencyOf(context), atMs };
      if (isTeaching(learning, question)) rows.push(withSharedLabels(row, labels));
    }
  });
  return { rows, sample: { retries, jobShare, rows: rows.length } };
}

const LABELS = ['jobType', 'errorClass', 'errorCode', 'queue', 'tenant', 'dependency', 'workerVersion'] as const;

/** One copy of each label: a million rows know a handful of error classes. */
function withSharedLabels(row: TaughtRetry, labels: Map<string, string>): TaughtRetry {
  const shared: Partial<Record<(typeof LABELS)[number], string>> = {};
  for (const label of LABELS) {
    const value = row.context[label];
    if (value === undefined) continue;
    const known = labels.get(value);
    if (known === undefined) labels.set(value, value);
    shared[label] = known ?? value;
  }
  return { ...row, context: { ...row.context, ...shared } };
}

import type { TrainingRow } from './training-row.js';

/** Indices into rows that are sorted by time. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

type Timed = Pick<TrainingRow, 'atMs' | 'delayMs' | 'jobId' | 'context'>;

/** When the failure happened: everything that the model knows was known then. */
export function failedAtMsOf({ context, atMs, delayMs }: Pick<Timed, 'atMs' | 'delayMs' | 'context'>): number {
  return context.failedAtMs ?? atMs - delayMs;
}

/**
 * The latest `testShare` of the rows against the others. Left out of training: jobs with a row in the test, and rows
 * whose outcome was not known before the first failure of the test, which is a gap as long as the longest delay there.
 */
export function splitByTime(rows: readonly Timed[], testShare: number): Split {
  const from = Math.floor(rows.length * (1 - testShare));
  return separate(rows, from, rows.length);
}

/** Cuts sorted rows into `folds` blocks of time; each is the test once, the rest trains, with the same gap on both sides. */
export function foldsByTime(rows: readonly Timed[], folds: number): readonly Split[] {
  return Array.from({ length: folds }, (_, fold) =>
    separate(rows, Math.floor((rows.length * fold) / folds), Math.floor((rows.length * (fold + 1)) / folds)),
  );
}

function separate(rows: readonly Timed[], from: number, to: number): Split {
  const tested = rows.slice(from, to);
  const jobs = new Set(tested.map(({ jobId }) => jobId));
  const firstFailureMs = tested.reduce((least, row) => Math.min(least, failedAtMsOf(row)), Infinity);
  const lastOutcomeMs = tested.reduce((most, row) => Math.max(most, row.atMs), -Infinity);
  const train: number[] = [];
  rows.forEach((row, i) => {
    if (i >= from && i < to) return;
    const isApart = i < from ? row.atMs < firstFailureMs : failedAtMsOf(row) > lastOutcomeMs;
    if (isApart && !jobs.has(row.jobId)) train.push(i);
  });
  return { train: Uint32Array.from(train), test: Uint32Array.from({ length: to - from }, (_, i) => from + i) };
}

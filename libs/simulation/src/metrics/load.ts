import { mean } from './quantile.js';

const WINDOW_MS = 10_000;
const AFTER_RECOVERY_MS = 60_000;
const SECOND_MS = 1_000;
/** A herd needs a crowd: below this many retries after a recovery its shape says nothing. */
const MIN_RETRIES_AFTER_RECOVERY = 30;

/**
 * The busiest ten seconds: calls in them over first tries in them (or over the mean of all windows, where that is more,
 * so that a quiet window with two calls is no peak).
 */
export function peakAmplification(firstTriesAtMs: readonly number[], retriesAtMs: readonly number[]): number {
  const firstTries = countBy(firstTriesAtMs, WINDOW_MS);
  const retries = countBy(retriesAtMs, WINDOW_MS);
  const windows = new Set([...firstTries.keys(), ...retries.keys()]).size;
  const usual = Math.max(1, firstTriesAtMs.length / Math.max(1, windows));
  let peak = 1;
  for (const [window, count] of retries) {
    const first = firstTries.get(window) ?? 0;
    peak = Math.max(peak, (first + count) / Math.max(first, usual));
  }
  return peak;
}

/** How the retries of the minute after a recovery bunch: the busiest second over the mean; averaged over recoveries. */
export function herdIndex(recoveriesMs: readonly number[], retriesAtMs: readonly number[]): number | null {
  const perSecond = countBy(retriesAtMs, SECOND_MS);
  const indices: number[] = [];
  for (const recoveryMs of recoveriesMs) {
    const from = Math.floor(recoveryMs / SECOND_MS);
    const counts = Array.from({ length: AFTER_RECOVERY_MS / SECOND_MS }, (_, i) => perSecond.get(from + i) ?? 0);
    const sum = counts.reduce((total, count) => total + count, 0);
    if (sum >= MIN_RETRIES_AFTER_RECOVERY) indices.push((Math.max(...counts) * counts.length) / sum);
  }
  return mean(indices);
}

function countBy(timesMs: readonly number[], widthMs: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const atMs of timesMs) {
    const slot = Math.floor(atMs / widthMs);
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  return counts;
}

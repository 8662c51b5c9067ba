import { peakAmplification } from '../../../libs/simulation/dist/index.js';

const WINDOW_MS = 10_000;
const STEP_MS = 1_000;
const RECOVERED_SHARE = 0.95;
/** Before it the first calls of all have not settled. */
const WARM_MS = 10_000;

/** First tries, those that failed, and retries, by ten seconds from the beginning. */
export function timelineOf(calls, untilMs) {
  return Array.from({ length: Math.floor(untilMs / WINDOW_MS) }, (_, i) => {
    const those = calls.filter(({ atMs }) => Math.floor(atMs / WINDOW_MS) === i);
    const first = those.filter(({ isRetry }) => !isRetry);
    return {
      first: first.length,
      failed: first.filter(({ success }) => !success).length,
      retries: those.length - first.length,
    };
  });
}

/**
 * What a way to retry made of a slowdown: the busiest ten seconds over first tries alone, and how long after its end first
 * tries succeed as often as 95 % of their usual share, over ten seconds; null where that does not happen.
 *
 * @param {{ atMs: number, isRetry: boolean, success: boolean }[]} calls
 * @param {{ fromMs: number, endMs: number, untilMs: number }} slowdown
 */
export function judgeStorm(calls, { fromMs, endMs, untilMs }) {
  const inTime = calls.filter(({ atMs }) => atMs < untilMs);
  const first = inTime.filter(({ isRetry }) => !isRetry);
  const retries = inTime.filter(({ isRetry }) => isRetry);
  const shareIn = (from, to) => {
    const those = first.filter(({ atMs }) => atMs >= from && atMs < to);
    return those.filter(({ success }) => success).length / Math.max(1, those.length);
  };
  const usual = shareIn(WARM_MS, fromMs);
  let recoveredAfterMs = null;
  for (let atMs = endMs; atMs + WINDOW_MS <= untilMs && recoveredAfterMs === null; atMs += STEP_MS) {
    if (shareIn(atMs, atMs + WINDOW_MS) >= RECOVERED_SHARE * usual) recoveredAfterMs = atMs - endMs;
  }
  return {
    peak: peakAmplification(
      first.map(({ atMs }) => atMs),
      retries.map(({ atMs }) => atMs),
    ),
    recoveredAfterMs,
    retries: retries.length,
    succeededRetries: retries.filter(({ success }) => success).length,
    failedFirstTries: first.filter(({ success }) => !success).length,
  };
}

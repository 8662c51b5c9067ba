import type { EpochMs } from '@smart-retry/domain';

/** The latest time of each kind of news; never goes back. */
export interface LatestNews {
  firstTryMs: EpochMs;
  firstSuccessMs: EpochMs;
  /** A first try was reported by workers that report those that succeed, too. */
  allReportedMs: EpochMs;
  firstFailureMs: EpochMs;
  /** First tries reported as counts. */
  countsMs: EpochMs;
  successMs: EpochMs;
  hintSeenMs: EpochMs;
  hintUntilMs: EpochMs;
  /** Many calls failed. */
  troubleMs: EpochMs;
  /** A first try was turned away because a limit had been reached. */
  firstThrottledMs: EpochMs;
  /** The breaker moved in an outage that began under many more retries than first tries. */
  overrunMs: EpochMs;
}

export const NO_NEWS: Readonly<LatestNews> = {
  firstTryMs: 0,
  firstSuccessMs: 0,
  allReportedMs: 0,
  firstFailureMs: 0,
  countsMs: 0,
  successMs: 0,
  hintSeenMs: 0,
  hintUntilMs: 0,
  troubleMs: 0,
  firstThrottledMs: 0,
  overrunMs: 0,
};

/** When reports were last known to be of all first tries; 0 for never. Earlier versions tell no more than successes. */
export function allReportedMs(latest: Pick<LatestNews, 'firstSuccessMs' | 'allReportedMs'>): EpochMs {
  return Math.max(latest.firstSuccessMs, latest.allReportedMs);
}

/** A server has asked somebody to wait. */
export function noteHint(latest: LatestNews, hintMs: number, atMs: EpochMs): void {
  if (atMs + hintMs <= latest.hintUntilMs) return;
  latest.hintSeenMs = Math.max(latest.hintSeenMs, atMs);
  latest.hintUntilMs = atMs + hintMs;
}

/** How much longer all have to wait by the server's word; nobody once a call has come through since. */
export function hintLeftMs({ hintUntilMs, hintSeenMs, successMs }: LatestNews, nowMs: EpochMs): number {
  return successMs > hintSeenMs ? 0 : Math.max(0, hintUntilMs - nowMs);
}

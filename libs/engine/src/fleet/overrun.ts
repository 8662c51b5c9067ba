import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import { EVIDENCE_WINDOW_MS, UNITS_PER_CALL } from '@smart-retry/guardrails';
import type { LatestNews } from './latest-news.js';
import type { SharedSums } from './shared-sums.js';

/** So many times as many retries as first tries, by what they cost, may be what brought a dependency down. */
const TOO_MANY = 1.5;
const REMEMBERED_MS = 1_200_000;

interface Called {
  /** As it was until now. */
  readonly breaker: BreakerRecord;
  readonly latest: Pick<LatestNews, 'overrunMs'>;
  readonly bookings: Pick<SharedSums, 'get'>;
  pacedFirstTries(nowMs: EpochMs): number | null;
}

/** Whether a breaker moves in an outage that began while many more retries came than first tries. */
export function movesInOverrun({ state, sinceMs }: BreakerRecord, called: Called): boolean {
  const { breaker, latest } = called;
  if (breaker.state !== 'closed') return latest.overrunMs >= breaker.sinceMs;
  return state !== 'closed' && isOverrun(called, sinceMs);
}

/** Whether there was such an outage, until twenty minutes after the dependency was back. */
export function wasOverrun({ overrunMs }: Pick<LatestNews, 'overrunMs'>, nowMs: EpochMs): boolean {
  return nowMs - overrunMs < REMEMBERED_MS;
}

function isOverrun(called: Called, atMs: EpochMs): boolean {
  const seconds = EVIDENCE_WINDOW_MS / 1_000;
  const until = Math.floor(atMs / 1_000);
  let units = 0;
  for (let second = until - seconds; second < until; second++) units += called.bookings.get(second);
  const firstTries = called.pacedFirstTries(atMs);
  return firstTries !== null && units / UNITS_PER_CALL >= TOO_MANY * seconds * firstTries;
}

import type { EpochMs } from '@smart-retry/domain';
import { EVIDENCE_WINDOW_MS, UNITS_PER_CALL } from '@smart-retry/guardrails';
import type { SharedSums } from './shared-sums.js';

/** So many times as many retries as first tries, by what they cost, may be what brought a dependency down. */
const TOO_MANY = 1.5;

/** Calls to a dependency: its retries, as booked, and its first tries. */
export interface Load {
  readonly bookings: Pick<SharedSums, 'get'>;
  pacedFirstTries(nowMs: EpochMs): number | null;
}

/** Whether many more retries came than first tries; false where those are not known. */
export function hasManyRetries(load: Load, atMs: EpochMs): boolean {
  const seconds = EVIDENCE_WINDOW_MS / 1_000;
  const until = Math.floor(atMs / 1_000);
  let units = 0;
  for (let second = until - seconds; second < until; second++) units += load.bookings.get(second);
  const firstTries = load.pacedFirstTries(atMs);
  return firstTries !== null && units / UNITS_PER_CALL >= TOO_MANY * seconds * firstTries;
}

import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import { EVIDENCE_WINDOW_MS, UNITS_PER_CALL } from '@smart-retry/guardrails';
import type { SharedSums } from './shared-sums.js';

/** So many times as many retries as first tries, by what they cost, may be what brought a dependency down. */
const TOO_MANY = 1.5;
const REMEMBERED_MS = 1_200_000;

interface Called {
  /** As it was until now. */
  readonly breaker: BreakerRecord;
  readonly bookings: Pick<SharedSums, 'get'>;
  pacedFirstTries(nowMs: EpochMs): number | null;
}

/** Whether a dependency came down while many more retries came than first tries: each process works it out, by what is exchanged. */
export class Overrun {
  #isOverrun = false;
  #lastMs: EpochMs = Number.NEGATIVE_INFINITY;

  note({ state, sinceMs, version }: BreakerRecord, called: Called): void {
    if (version === called.breaker.version) return;
    if (called.breaker.state === 'closed' && state !== 'closed') this.#isOverrun = isOverrun(called, sinceMs);
    if (this.#isOverrun) this.#lastMs = sinceMs;
  }

  /** Until twenty minutes after it was back. */
  isAt(nowMs: EpochMs): boolean {
    return nowMs - this.#lastMs < REMEMBERED_MS;
  }
}

function isOverrun(called: Called, atMs: EpochMs): boolean {
  const seconds = EVIDENCE_WINDOW_MS / 1_000;
  const until = Math.floor(atMs / 1_000);
  let units = 0;
  for (let second = until - seconds; second < until; second++) units += called.bookings.get(second);
  const firstTries = called.pacedFirstTries(atMs);
  return firstTries !== null && units / UNITS_PER_CALL >= TOO_MANY * seconds * firstTries;
}

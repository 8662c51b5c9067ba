import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import type { LatestNews } from './latest-news.js';
import { hasManyRetries, type Load } from './many-retries.js';
import { Openings } from './openings.js';

const REMEMBERED_MS = 1_200_000;

type Memory = Pick<LatestNews, 'overrunMs'>;

interface Called extends Load {
  /** As it was until now. */
  readonly breaker: BreakerRecord;
  readonly latest: Memory;
}

/** Whether a breaker moves in an outage that began while many more retries came than first tries. */
export function movesInOverrun({ state, sinceMs }: BreakerRecord, called: Called): boolean {
  const { breaker, latest } = called;
  if (breaker.state !== 'closed') return latest.overrunMs >= breaker.sinceMs;
  return state !== 'closed' && hasManyRetries(called, sinceMs);
}

/** Whether there was such an outage, until twenty minutes after the dependency was back. */
export function wasOverrun({ overrunMs }: Memory, nowMs: EpochMs): boolean {
  return nowMs - overrunMs < REMEMBERED_MS;
}

/** Whether a dependency is one that many retries bring down: it came down so, and does not as often without. */
export class Overrun {
  readonly #openings = new Openings();

  /** Takes note of the time since the last look. */
  look(called: Called, nowMs: EpochMs): void {
    this.#openings.look(called, nowMs);
  }

  /** The breaker moves. */
  note(breaker: BreakerRecord, called: Called): void {
    this.#openings.note(breaker, called);
    if (movesInOverrun(breaker, called)) called.latest.overrunMs = Math.max(called.latest.overrunMs, breaker.sinceMs);
  }

  isAt(latest: Memory, nowMs: EpochMs): boolean {
    return wasOverrun(latest, nowMs) && !this.#openings.comeAnyway();
  }
}

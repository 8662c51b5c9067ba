import type { EpochMs } from '@smart-retry/domain';
import { SLOT_MS, slotOf, type CallTally } from './call-tally.js';
import { allReportedMs, type LatestNews } from './latest-news.js';

/** First tries are averaged over this long, up to the last that is known: counts come minutes late. */
export const AVERAGED_MS = 300_000;
/** Without news for this long nothing is known any more. */
export const REMEMBERED_MS = 600_000;
/** A report of a success among first tries, of the dependency or of the job type, says that all are reported, for this long. */
export const REPORTS_ALL_MS = 86_400_000;
/** Fewer say nothing of their rate. */
export const FEWEST_FIRST_TRIES = 20;
export const SHORTEST_AVERAGE_MS = 60_000;

/** When a dependency was last heard of, by time of the calls. */
export type LastHeard = Readonly<Pick<LatestNews, 'firstTryMs' | 'firstSuccessMs' | 'allReportedMs'>>;

export interface FirstTryRate {
  readonly perSecond: number;
  /** Over the last minute that is known where that is less: fewer are made, or some of those who tell of them have not yet. */
  readonly latelyPerSecond: number;
  /** Of them, how many are told to have failed without anybody having asked about them: 0–1. */
  readonly unaskedShare: number;
}

/**
 * First tries a second, averaged over the last five minutes that are known; null where they are not: nothing for ten
 * minutes, fewer than 20, or by workers of which no success is known (then only failures are reported, and say nothing of the rest).
 */
export function firstTryRate(calls: CallTally, heard: LastHeard, nowMs: EpochMs): FirstTryRate | null {
  const untilMs = Math.min(nowMs, heard.firstTryMs);
  if (nowMs - untilMs > REMEMBERED_MS || nowMs - allReportedMs(heard) > REPORTS_ALL_MS) return null;
  const toSlot = slotOf(untilMs) + 1;
  const fromSlot = toSlot - AVERAGED_MS / SLOT_MS;
  const tries = calls.sum('firstTries', fromSlot, toSlot);
  if (tries < FEWEST_FIRST_TRIES) return null;
  const told = calls.sum('firstToldFailed', fromSlot, toSlot);
  const asked = calls.sum('firstAsked', fromSlot, toSlot);
  const sinceMs = calls.first('firstTries', fromSlot, toSlot) * SLOT_MS;
  const perSecond = (1_000 * tries) / Math.max(SHORTEST_AVERAGE_MS, untilMs - sinceMs);
  const lately = calls.sum('firstTries', toSlot - SHORTEST_AVERAGE_MS / SLOT_MS, toSlot);
  return {
    perSecond,
    latelyPerSecond: Math.min(perSecond, (1_000 * lately) / SHORTEST_AVERAGE_MS),
    unaskedShare: Math.min(1, Math.max(0, told - asked) / tries),
  };
}

import type { EpochMs } from '@smart-retry/domain';
import { MOST_UNITS_OF_RETRY, UNITS_PER_CALL, unitsOfRetry } from './failure-kind.js';

/** What retries may cost a dependency, in units of which an ordinary call costs two. */
export interface RetryBudget {
  readonly unitsPerSecond: number;
  /** What it never grows beyond where retries that came through have made it larger; else ∞. */
  readonly mostUnitsPerSecond: number;
  /** Budgets are kept for windows of this many seconds, aligned: the shortest that holds two ordinary retries. */
  readonly windowSeconds: number;
  readonly maxGrowth: number;
  /** From when on it is let go little by little; null: all of it is there. */
  readonly releasedAtMs: EpochMs | null;
  /** From when on it grows, as long as all goes well; null: it has grown. */
  readonly troubledAtMs: EpochMs | null;
  /** For how long trouble had lasted by then, where nobody finds out on the way whether it is over; else 0. */
  readonly troubleLastedMs: number;
  /** Units a second that it never goes beyond: what a dependency that throttles takes; ∞ for one that does not. */
  readonly pacedUnitsPerSecond: number;
}

/** At least 15 ordinary retries a minute: what finds out that a quiet dependency is back. */
const FLOOR_UNITS_PER_SECOND = 0.5;
const UNITS_PER_WINDOW = 2 * UNITS_PER_CALL;
const WINDOWS_SECONDS = [1, 2, 5] as const;
/** Where no window is to be so long as to hold two ordinary retries: the shortest of these of which two hold the dearest one. */
const LONG_WINDOWS_SECONDS = [10, 20] as const;
const LONGEST_WINDOW_SECONDS = 30;
/** At a slower pace two windows side by side would never hold the dearest retry, and nobody would have a place, ever. */
const SLOWEST_UNITS_PER_SECOND = MOST_UNITS_OF_RETRY / (2 * LONGEST_WINDOW_SECONDS);
/** What one window may lend to the next, so that a remainder too small for a retry is not lost. */
const LENT_UNITS = MOST_UNITS_OF_RETRY;

/** How much of its budget a dependency gets after an outage: a quarter at first, but no less than the floor. */
const RELEASED_SHARE = 0.25;
/** That doubles in this time; without trouble it goes on to double beyond the whole budget, up to `maxGrowth`. */
const DOUBLING_MS = 5_000;
/**
 * Where a budget may grow, it grows to so much whatever `maxGrowth` says, 75 ordinary retries a minute: no storm is made of so
 * few. What came down under more retries than first tries gets no more than there are of those: it may bear few.
 */
const CALM_UNITS_PER_SECOND = 2.5;

export interface BudgetTerms {
  /** First tries that the dependency gets, on average. */
  readonly firstTriesPerSecond: number;
  /** How many times as long a retry takes as a first try, from 1; 1 where that is not known. */
  readonly retryTimeRatio: number;
  /** Retries that came through, of late. */
  readonly retriesSucceededPerSecond: number;
  /** 0–100: `max_budget_percent`. */
  readonly percent: number;
  /** As how many budgets it may grow to while all goes well, from 1: `max_budget_growth`. */
  readonly maxGrowth: number;
  /** When its breaker was closed after an outage; null when it was not. */
  readonly releasedAtMs: EpochMs | null;
  /** When it was last in trouble; null when it was not. */
  readonly troubledAtMs: EpochMs | null;
  /** For how long trouble had lasted by then, where nobody finds out on the way whether it is over; absent: 0. */
  readonly troubleLastedMs?: number;
  /** Throttled retries a second that a dependency which throttles takes; null for one that does not. */
  readonly pacePerSecond: number | null;
  /** Whether it came down, of late, while many more retries came than first tries; absent: no. */
  readonly isOverrun?: boolean;
}

/**
 * `percent` of first tries, and of their processing time where retries take longer; but never less than the floor, nor more
 * than the pace of a dependency that throttles. Where it may grow, and is not 0, a retry that came through makes room for another,
 * up to as many as there are first tries, growth included: what keeps a dependency down are those that fail.
 */
export function budgetOf(terms: BudgetTerms): RetryBudget {
  const { firstTriesPerSecond, retryTimeRatio, percent, maxGrowth, releasedAtMs, pacePerSecond } = terms;
  const { troubledAtMs, troubleLastedMs = 0 } = terms;
  const unitsOf = (retriesPerSecond: number) => (UNITS_PER_CALL * retriesPerSecond) / retryTimeRatio;
  const share = (percent / 100) * firstTriesPerSecond;
  const borne = maxGrowth > 1 && percent > 0 ? terms.retriesSucceededPerSecond : 0;
  const unitsPerSecond = Math.max(FLOOR_UNITS_PER_SECOND, unitsOf(Math.min(firstTriesPerSecond, share + borne)));
  const asManyAsFirstTries = Math.max(FLOOR_UNITS_PER_SECOND, unitsOf(firstTriesPerSecond));
  const unlessOverrun =
    borne === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(CALM_UNITS_PER_SECOND, asManyAsFirstTries, unitsOf(maxGrowth * share));
  const mostUnitsPerSecond = terms.isOverrun === true ? asManyAsFirstTries : unlessOverrun;
  const pacedUnitsPerSecond =
    pacePerSecond === null
      ? Number.POSITIVE_INFINITY
      : Math.max(SLOWEST_UNITS_PER_SECOND, pacePerSecond * unitsOfRetry('throttled'));
  const least = Math.min(unitsPerSecond, pacedUnitsPerSecond);
  const windowSeconds =
    WINDOWS_SECONDS.find((seconds) => seconds * least >= UNITS_PER_WINDOW) ??
    LONG_WINDOWS_SECONDS.find((seconds) => 2 * seconds * least >= MOST_UNITS_OF_RETRY) ??
    LONGEST_WINDOW_SECONDS;
  return {
    unitsPerSecond,
    mostUnitsPerSecond,
    windowSeconds,
    maxGrowth,
    releasedAtMs,
    troubledAtMs,
    troubleLastedMs,
    pacedUnitsPerSecond,
  };
}

/** The aligned window that holds a second: `[fromSecond, fromSecond + windowSeconds)`. */
export function windowStart(second: number, { windowSeconds }: Pick<RetryBudget, 'windowSeconds'>): number {
  return second - (second % windowSeconds);
}

/**
 * Units that the window holds which begins with a second. After an outage a part of the budget; then all of it; then, as
 * long as nothing goes wrong, several times as much: a budget is to protect a dependency that is in trouble.
 */
export function unitsPerWindow(budget: RetryBudget, fromSecond: number): number {
  const { unitsPerSecond, mostUnitsPerSecond, windowSeconds, releasedAtMs, maxGrowth, pacedUnitsPerSecond } = budget;
  const { troubledAtMs, troubleLastedMs } = budget;
  const since = (ms: EpochMs | null) => (ms === null ? Number.POSITIVE_INFINITY : Math.max(0, fromSecond * 1_000 - ms));
  const floor = Math.min(FLOOR_UNITS_PER_SECOND, unitsPerSecond);
  const released = Math.max(RELEASED_SHARE, floor / unitsPerSecond) * 2 ** (since(releasedAtMs) / DOUBLING_MS);
  const sinceTroubleMs = since(troubledAtMs);
  const healthy = 2 ** (sinceTroubleMs / DOUBLING_MS);
  const fewAnyway = maxGrowth > 1 ? CALM_UNITS_PER_SECOND / unitsPerSecond : 1;
  const onceOver = Math.min(Math.max(maxGrowth, fewAnyway), healthy);
  const grown = troubleLastedMs === 0 ? onceOver : 1 + (onceOver - 1) * chanceItIsOver(sinceTroubleMs, troubleLastedMs);
  return windowSeconds * Math.min(pacedUnitsPerSecond, mostUnitsPerSecond, unitsPerSecond * Math.min(released, grown));
}

/** What has lasted for some time is as likely as not to last for as long again. */
function chanceItIsOver(afterMs: number, lastedMs: number): number {
  return 1 / (1 + lastedMs / afterMs);
}

/** Units booked in a window and in those beside it. */
export interface WindowBookings {
  readonly before: number;
  readonly here: number;
  readonly after: number;
}

/**
 * What may still be booked of the window that begins with a second. Two windows side by side hold what two windows hold,
 * and one never more than a retry beyond its own: on average that is the budget, exactly, and at most a retry more at once.
 */
export function leftInWindow(budget: RetryBudget, fromSecond: number, { before, here, after }: WindowBookings): number {
  const { windowSeconds } = budget;
  const own = unitsPerWindow(budget, fromSecond);
  return (
    Math.min(
      own + LENT_UNITS,
      unitsPerWindow(budget, fromSecond - windowSeconds) + own - before,
      own + unitsPerWindow(budget, fromSecond + windowSeconds) - after,
    ) - here
  );
}

/**
 * What one of several processes may book of a window until they next compare notes. The parts of all add up to what is
 * left, so that what they overspend together is at most one part each. Where an equal part would not hold the dearest
 * retry, as many of them as there is room for get that much, and the next one the rest, others in each window.
 */
export function partOfWindow(
  leftUnits: number,
  window: { readonly fromSecond: number; readonly windowSeconds: number },
  { replicas, rank }: { readonly replicas: number; readonly rank: number },
): number {
  const each = leftUnits / replicas;
  if (replicas <= 1 || each >= MOST_UNITS_OF_RETRY) return each;
  const served = Math.floor(leftUnits / MOST_UNITS_OF_RETRY);
  const turn = turnOf(window, { replicas, rank });
  if (turn === served) return leftUnits - served * MOST_UNITS_OF_RETRY;
  return turn < served ? MOST_UNITS_OF_RETRY : 0;
}

/** How many of the processes book of a window at the same time: all, or, where they take turns at it, one. */
export function sharersOf(capacityUnits: number, { replicas }: { readonly replicas: number }): number {
  return capacityUnits / replicas >= MOST_UNITS_OF_RETRY ? replicas : 1;
}

/**
 * The same of a quota, in whole retries: as many for each, and one more in turn where some are left over. A retry takes
 * exactly one, so that a few are of use to as many processes.
 */
export function partOfQuota(
  leftRetries: number,
  window: { readonly fromSecond: number; readonly windowSeconds: number },
  { replicas, rank }: { readonly replicas: number; readonly rank: number },
): number {
  const each = Math.floor(leftRetries / replicas);
  return turnOf(window, { replicas, rank }) < leftRetries - each * replicas ? each + 1 : each;
}

/** Whose turn it is, from 0: another order in each window. */
function turnOf(
  window: { readonly fromSecond: number; readonly windowSeconds: number },
  { replicas, rank }: { readonly replicas: number; readonly rank: number },
): number {
  return (window.fromSecond / window.windowSeconds + rank) % replicas;
}

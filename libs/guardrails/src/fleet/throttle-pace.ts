import type { FailureKind } from '@smart-retry/domain';

/** What became of a retry at a dependency which throttles, as far as it says how many more or fewer there may be. */
export type PacedOutcome = 'passed' | 'throttled';

/** Retries a second; fewer would find out too late that a limit has been raised. */
const SLOWEST_PER_SECOND = 0.05;
/**
 * Nor does a pace become slower than so many times the first tries: where it is they who use the limit up, slower
 * retries would not help, and would never be done.
 */
const SLOWEST_RATIO = 0.25;
/** So many retries a second are few for any dependency. */
const FEW_PER_SECOND = 2.5;
/** A pace may become so many times as fast as first tries come. */
const FASTEST_RATIO = 2;
/** By how much, in natural logarithms, a retry that passed makes it faster and one that was throttled slower. */
const FASTER = 0.03;
const SLOWER = 0.06;
/** For so long after a first try was turned away nobody knows that there was room for both; measured (ADR 0038). */
const FULL_MS = 30_000;
/** A pace is used that lets all who wait through in so long: waiting costs more by then than being turned away once more (ADR 0038). */
const LONGEST_LINE_SECONDS = 180;
/** Steps for each factor of e in which a pace is used: what is worked out for one can then be kept for a while. */
const STEPS = 16;

/** Retries a second of a dependency that has just begun to throttle: as many as it gets first tries. */
export function firstPace(firstTriesPerSecond: number): number {
  return within(firstTriesPerSecond, firstTriesPerSecond);
}

/**
 * What a retry says of the pace; null: nothing. One that passes while first tries are turned away has taken the place of one
 * of them: it passed because it came first, as those do that wait for the next window of a limit, and not because there
 * is room for more.
 *
 * @param sinceFirstTriesMs since a first try was turned away; ∞ where none was
 */
export function pacedOutcome(failure: FailureKind | null, sinceFirstTriesMs: number): PacedOutcome | null {
  if (failure === 'throttled') return 'throttled';
  return failure === null && sinceFirstTriesMs >= FULL_MS ? 'passed' : null;
}

/**
 * The pace after one more retry. Calls that a limit turns away take nobody's place, and those that pass take that of a
 * first try once the limit is reached: a pace settles where one retry of three is throttled.
 *
 * @param perSecond retries a second, > 0
 */
export function nextPace(perSecond: number, outcome: PacedOutcome, firstTriesPerSecond: number): number {
  return within(perSecond * Math.exp(outcome === 'passed' ? FASTER : -SLOWER), firstTriesPerSecond);
}

/**
 * The pace that is used of the one that was learned: whoever waits is to be through within three minutes.
 *
 * @param waiting retries that were put off
 */
export function paceInUse(learnedPerSecond: number, waiting: number, firstTriesPerSecond: number): number {
  const clearing = Math.min(waiting / LONGEST_LINE_SECONDS, fastestPace(firstTriesPerSecond));
  return roundPace(Math.max(learnedPerSecond, clearing));
}

/** In steps of 6 %. */
export function roundPace(perSecond: number): number {
  return Math.exp(Math.round(Math.log(perSecond) * STEPS) / STEPS);
}

function within(perSecond: number, firstTriesPerSecond: number): number {
  const slowest = Math.max(SLOWEST_PER_SECOND, SLOWEST_RATIO * firstTriesPerSecond);
  return Math.min(fastestPace(firstTriesPerSecond), Math.max(slowest, perSecond));
}

function fastestPace(firstTriesPerSecond: number): number {
  return Math.max(FEW_PER_SECOND, FASTEST_RATIO * firstTriesPerSecond);
}

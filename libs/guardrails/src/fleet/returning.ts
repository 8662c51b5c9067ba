/** Calls to a dependency in trouble as of late. */
export interface CallsOfLate {
  readonly firstTriesPerSecond: number;
  /** Of those, how many failed. */
  readonly firstFailedPerSecond: number;
  readonly retriesSucceededPerSecond: number;
}

/** Where nothing comes through, so many retries for each first try. */
const MOST_PER_FIRST_TRY = 2;
/** Fewer than so many for each first try that fails are as good as nothing. */
const FEW_SHARE = 0.1;

/**
 * How many retries a second may be told to come to a dependency in trouble beyond those that have a place.
 *
 * A server that is down loses nothing by calls that it refuses; but once it is back it has to be able to serve some: with twice as
 * many as first tries it is, as long as it is not busier with turning a call away than with a third of one that it serves. Where it serves
 * some, but fewer than there are first tries, those who wait become ever more: none comes that has no place. Where it serves more
 * they become fewer by themselves.
 */
export function mostReturningPerSecond(calls: CallsOfLate): number {
  const { firstTriesPerSecond, firstFailedPerSecond, retriesSucceededPerSecond } = calls;
  if (retriesSucceededPerSecond <= FEW_SHARE * firstFailedPerSecond) return MOST_PER_FIRST_TRY * firstTriesPerSecond;
  const firstSucceeded = Math.max(0, firstTriesPerSecond - firstFailedPerSecond);
  return firstSucceeded + retriesSucceededPerSecond < firstTriesPerSecond ? 0 : Number.POSITIVE_INFINITY;
}

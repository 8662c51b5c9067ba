import type { Objective } from '@smart-retry/domain';

/** However many wait, a dependency that stays away is left alone for so long; also where nobody knows how many do. */
export const USUAL_LONGEST_OPEN_MS = 60_000;
/** However few wait, never for longer. */
export const LONGEST_OPEN_MS = 180_000;

/**
 * How long a dependency that stays away is left alone between two looks at whether it is back, in milliseconds. An outage that has
 * lasted for T goes on for about T more. A look each τ costs T / τ attempts, and the f · T callers that wait by then learn
 * of the end τ / 2 late on average, which costs ln 2 / h of what each is worth a millisecond. T falls out:
 * `τ = √(2 · attemptCost · h / (f · ln 2))`, within the two bounds.
 *
 * @param callersPerSecond f: those that fail and wait; 0 where none is known to
 */
export function longestOpenMs(callersPerSecond: number, { valueHalfLifeMs, attemptCost }: Objective): number {
  if (callersPerSecond === 0) return USUAL_LONGEST_OPEN_MS;
  const cheapestMs = Math.sqrt((2 * attemptCost * valueHalfLifeMs) / ((callersPerSecond / 1_000) * Math.LN2));
  return Math.min(LONGEST_OPEN_MS, Math.max(USUAL_LONGEST_OPEN_MS, cheapestMs));
}

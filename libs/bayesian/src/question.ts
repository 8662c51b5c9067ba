import type { EpochMs } from '@smart-retry/domain';
import { BIN_COUNT, delayBinIndex, delayOfBin } from './delay-grid.js';
import type { FailureContext } from './failure-context.js';
import { AGE_GROUPS, ageGroupOf } from './incident-age.js';
import type { PlanTerms } from './plan.js';

export interface BayesianQuestion extends PlanTerms {
  readonly context: FailureContext;
  readonly nowMs: EpochMs;
  /** The shortest wait that makes sense now, for example a server's hint; ≥ 0. Where it is too long, the longest allowed is meant. */
  readonly floorMs: number;
  /** The longest wait that is of use now, for example what is left until a deadline; ∞ without one. */
  readonly ceilingMs: number;
  /** The longest wait that may be chosen now, where that is less than a plan allows; it says nothing of the time left. */
  readonly longestMs?: number;
  /** The delay that the rules ask for; null where they stop. */
  readonly rulesDelayMs: number | null;
}

/** The rules' bin where they stop. */
export const NO_BIN = BIN_COUNT;
/** Ceilings that leave time enough for everything. */
const NO_CEILING = 1_023;
const MAX_ATTEMPT = 1_023;

/** What is asked under a plan, but for the time and the tenant: the same beliefs answer it the same. */
export function questionKeyOf(question: BayesianQuestion): number {
  const { context, floorMs, ceilingMs, longestMs = ceilingMs } = question;
  const time = isShortOfTime(question) ? timeKeyOf(ceilingMs) : NO_CEILING;
  let key = Math.min(context.attemptNumber, MAX_ATTEMPT);
  key = key * AGE_GROUPS + ageGroupOf(context.incidentAgeMs);
  key = key * BIN_COUNT + delayBinIndex(floorMs);
  key = key * (BIN_COUNT + 1) + binsUntil(Math.min(ceilingMs, longestMs));
  key = key * (NO_CEILING + 1) + time;
  return key * (BIN_COUNT + 1) + rulesBinOf(question);
}

/** The bin that the rules' delay falls into now; NO_BIN where they stop, or would come too late. */
export function rulesBinOf({ rulesDelayMs, floorMs, ceilingMs }: BayesianQuestion): number {
  if (rulesDelayMs === null) return NO_BIN;
  const delayMs = Math.max(rulesDelayMs, floorMs);
  return delayMs > ceilingMs ? NO_BIN : delayBinIndex(delayMs);
}

/** Whether not all the tries that are allowed may fit in any more. */
export function isShortOfTime({ context, bounds, ceilingMs }: BayesianQuestion): boolean {
  return ceilingMs < bounds.maxDelayMs * (bounds.maxAttempts - context.attemptNumber);
}

/** How many bins, from the shortest, are waited no longer than `ceilingMs`. */
export function binsUntil(ceilingMs: number): number {
  let count = BIN_COUNT;
  while (count > 0 && delayOfBin(count - 1) > ceilingMs) count--;
  return count;
}

/** Ceilings that differ by less than an eighth leave about the same time for later. */
function timeKeyOf(ceilingMs: number): number {
  return ceilingMs <= 0 ? 0 : 1 + Math.floor(6 * Math.log2(1 + ceilingMs));
}

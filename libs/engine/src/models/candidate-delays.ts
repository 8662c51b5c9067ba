import { objectiveOf } from '@smart-retry/domain';
import type { BayesianView } from '@smart-retry/bayesian';
import type { LearnedBounds } from '../learned-bounds.js';
import type { LayerContext } from '../layers.js';
import { timeLeftOf } from '../time-left.js';

/** A delay that may be proposed, and the terms of what it is worth: `gain · (p + (1 − p) · later) − cost`. */
export interface CandidateDelay {
  readonly delayMs: number;
  /** `g(d) · g(s)`, where `g(t) = 2^(−t / valueHalfLifeMs)`. */
  readonly gain: number;
  /** `g(d) · attemptCost` */
  readonly cost: number;
  /** V of carrying on after another failure. */
  readonly later: number;
  /** Chance of success as the Bayesian layer sees it; null where it knows nothing. */
  readonly byBayesian: number | null;
}

/** What stands for each delay bucket where nothing is known of it yet: about its middle. */
const BUCKET_DELAYS_MS = [550, 2_500, 8_700, 21_000, 42_000, 125_000, 550_000, 1_800_000];
/** A longest delay that is this share of the one that is allowed need not be considered beside it. */
const LONGER_BY = 0.8;

/**
 * The delays among which a model chooses: those that the Bayesian layer considers, at most one of each bucket, with its
 * own value of carrying on. Where it knows nothing, one of each bucket within bounds, and nothing is expected of later.
 */
export function candidateDelays(
  context: LayerContext,
  bounds: LearnedBounds,
  view: BayesianView | null,
): readonly CandidateDelay[] {
  const { features, strategy, policy } = context;
  const { valueHalfLifeMs, attemptCost } = objectiveOf(strategy, policy);
  const discount = (ms: number) => 2 ** (-ms / valueHalfLifeMs);
  const processing = discount(features.avgProcessingTimeMs ?? 0);
  const candidate = (delayMs: number, later: number, byBayesian: number | null): CandidateDelay => ({
    delayMs,
    gain: discount(delayMs) * processing,
    cost: discount(delayMs) * attemptCost,
    later,
    byBayesian,
  });
  if (view === null) {
    return allowedDelays(context, bounds).map((delayMs) => candidate(delayMs, 0, null));
  }
  const considered = (view.best === null ? view.others : [view.best, ...view.others])
    .map(({ delayMs, successProbability, valueAfterFailure }) =>
      candidate(delayMs, valueAfterFailure, successProbability),
    )
    .sort((a, b) => a.delayMs - b.delayMs);
  const longest = considered.at(-1);
  const [longestMs = 0] = allowedDelays(context, bounds).slice(-1);
  // Where all of a bucket looks alike to the Bayesian layer, it considers the shortest of it.
  if (longest === undefined || longest.delayMs >= LONGER_BY * longestMs) return considered;
  return [...considered, candidate(longestMs, longest.later, null)];
}

function allowedDelays(
  { features, policy, strategy, nowMs }: LayerContext,
  { maxDelayMs }: LearnedBounds,
): readonly number[] {
  const { guardrails } = strategy;
  const hintMs = Math.min(features.retryAfterMs ?? 0, guardrails.maxHintMs ?? guardrails.maxDelayMs, maxDelayMs);
  const floorMs = Math.max(guardrails.minDelayMs, hintMs);
  const { untilDeadlineMs, untilMaxElapsedMs } = timeLeftOf(features, policy, nowMs);
  const ceilingMs = Math.min(untilDeadlineMs, untilMaxElapsedMs);
  const bounded = BUCKET_DELAYS_MS.map((delayMs) => Math.min(maxDelayMs, Math.max(floorMs, delayMs)));
  return [...new Set(bounded)].filter((delayMs) => delayMs <= ceilingMs);
}

/** The candidate that a delay is nearest to, by ratio; the shorter of equals. −1 of none. */
export function candidateFor(candidates: readonly Pick<CandidateDelay, 'delayMs'>[], delayMs: number): number {
  let nearest = -1;
  let least = Infinity;
  candidates.forEach((candidate, at) => {
    const distance = Math.abs(Math.log1p(candidate.delayMs) - Math.log1p(delayMs));
    if (distance < least) [nearest, least] = [at, distance];
  });
  return nearest;
}

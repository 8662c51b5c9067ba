import { describeAction } from './action.js';
import type { Behaviour } from './behaviour.js';
import type { PolicyEstimate } from './estimate-policy.js';

export const VERDICTS = ['better', 'worse', 'no difference', 'cannot tell'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Judgement {
  readonly verdict: Verdict;
  /** In plain words, with the numbers that decided. */
  readonly reason: string;
}

/** What it takes to say something. */
export const EVIDENCE_LIMITS = {
  /** Decisions that an estimate must rest on. */
  minEffectiveSampleSize: 200,
  /** Jobs that those must be of: decisions of one job are not independent. */
  minJobs: 50,
  /** Probability of actions that were never tried. */
  maxUnsupportedShare: 0.05,
  /** Utility per failure below which two ways to retry are as good as each other. */
  indifference: 0.02,
  /** How far the mean weight may be from what it should be. */
  weightTolerance: 0.1,
} as const;

/** Whether the policy would have been better than what was logged, as far as the log can tell. */
export function judge(estimate: PolicyEstimate | null, behaviour: Behaviour): Judgement {
  if (estimate === null) return cannotTell('the log holds no failure of which all that followed is known');
  const { minEffectiveSampleSize, minJobs, maxUnsupportedShare, indifference } = EVIDENCE_LIMITS;
  const { effectiveSampleSize, jobs, unsupportedShare, difference } = estimate;
  if (unsupportedShare > maxUnsupportedShare) return cannotTell(describeGap(estimate, behaviour));
  if (effectiveSampleSize < minEffectiveSampleSize) {
    const size = Math.floor(effectiveSampleSize);
    return cannotTell(`it rests on ${size} comparable decisions only; at least ${minEffectiveSampleSize} are needed`);
  }
  if (jobs < minJobs) return cannotTell(`its decisions are of ${jobs} jobs only; at least ${minJobs} are needed`);
  if (behaviour.source !== 'estimated' && !isWeightPlausible(estimate)) {
    return cannotTell(
      `the propensities in the log do not fit what was done: weights average ${estimate.meanWeight.value.toFixed(2)}, not ${(1 - unsupportedShare).toFixed(2)}`,
    );
  }
  const [lo, hi] = difference.interval;
  const between = `between ${signed(lo)} and ${signed(hi)} per failure`;
  if (lo > -indifference && hi < indifference) {
    return { verdict: 'no difference', reason: `the difference is ${between}: not worth a change` };
  }
  if (lo > 0) return { verdict: 'better', reason: `it gains ${between}` };
  if (hi < 0) return { verdict: 'worse', reason: `it loses ${between}` };
  return cannotTell(`the difference lies ${between}: too few decisions for a closer look`);
}

function cannotTell(reason: string): Judgement {
  return { verdict: 'cannot tell', reason };
}

function describeGap({ unsupportedShare, largestGap }: PolicyEstimate, { isTiedToAttempt }: Behaviour): string {
  const share = unsupportedShare > 0.995 ? 'all' : `${Math.round(100 * unsupportedShare)} %`;
  const example =
    largestGap === null
      ? ''
      : `, above all ${describeAction(largestGap.action)} after attempt ${largestGap.attemptNumber}`;
  const why = isTiedToAttempt ? '; here the wait always followed from error and attempt' : '';
  return `${share} of what it would do was never tried after the same error and attempt${example}${why}`;
}

/** Weights of true propensities average 1, less what was never tried. */
function isWeightPlausible({ meanWeight, unsupportedShare }: PolicyEstimate): boolean {
  const [lo, hi] = meanWeight.interval;
  const expected = 1 - unsupportedShare;
  return lo <= expected + EVIDENCE_LIMITS.weightTolerance && hi >= expected - EVIDENCE_LIMITS.weightTolerance;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

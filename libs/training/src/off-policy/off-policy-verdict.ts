import type { OffPolicyEvaluation } from './evaluate-off-policy.js';

export const OFF_POLICY_VERDICTS = ['better', 'worse', 'no_difference', 'cannot_tell'] as const;
export type OffPolicyVerdict = (typeof OFF_POLICY_VERDICTS)[number];

/** What it takes to say something. */
export const OFF_POLICY_LIMITS = {
  minEffectiveSampleSize: 200,
  minJobs: 50,
  /** Probability of what was never tried. */
  maxUnsupportedShare: 0.05,
  /** Utility per decision below which two policies are as good as each other. */
  indifference: 0.02,
  /** How far the mean weight may be from what true propensities give. */
  weightTolerance: 0.1,
} as const;

/** Whether the policy would have been better than what was done, as far as the log can tell; with the numbers that decided. */
export function judgeOffPolicy(evaluation: OffPolicyEvaluation | null): {
  readonly verdict: OffPolicyVerdict;
  readonly reason: string;
} {
  const cannotTell = (reason: string) => ({ verdict: 'cannot_tell' as const, reason });
  if (evaluation === null) return cannotTell('no decision of the log says with which probability it was made');
  const { minEffectiveSampleSize, minJobs, maxUnsupportedShare, indifference } = OFF_POLICY_LIMITS;
  const { unsupportedShare, effectiveSampleSize, jobs, difference } = evaluation;
  if (unsupportedShare > maxUnsupportedShare)
    return cannotTell(
      `${Math.round(100 * unsupportedShare)} % of what it would do was never tried after like failures`,
    );
  if (effectiveSampleSize < minEffectiveSampleSize)
    return cannotTell(
      `it rests on ${Math.floor(effectiveSampleSize)} comparable decisions, ${minEffectiveSampleSize} are needed`,
    );
  if (jobs < minJobs) return cannotTell(`its decisions are of ${jobs} jobs, ${minJobs} are needed`);
  if (!areWeightsPlausible(evaluation))
    return cannotTell(
      `the propensities do not fit what was done: weights average ${evaluation.meanWeight.value.toFixed(2)}`,
    );
  const [lo, hi] = difference.interval;
  const between = `between ${lo.toFixed(3)} and ${hi.toFixed(3)} per decision`;
  if (lo > -indifference && hi < indifference)
    return { verdict: 'no_difference', reason: `the difference is ${between}` };
  if (lo > 0) return { verdict: 'better', reason: `it gains ${between}` };
  if (hi < 0) return { verdict: 'worse', reason: `it changes utility by ${between}` };
  return cannotTell(`the difference lies ${between}`);
}

function areWeightsPlausible({ meanWeight, unsupportedShare, clippedShare }: OffPolicyEvaluation): boolean {
  const [lo, hi] = meanWeight.interval;
  const expected = 1 - unsupportedShare;
  const { weightTolerance } = OFF_POLICY_LIMITS;
  // Cutting weights lowers their mean, rightly.
  return hi >= expected - weightTolerance - clippedShare && lo <= expected + weightTolerance;
}

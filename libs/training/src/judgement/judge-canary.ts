import type { CanaryJudgement } from '@smart-retry/domain';
import type { JudgedArm } from './arm-totals.js';
import { poolShares, type JudgedShare } from './pool-shares.js';
import { likelihoodOfBetter, likelihoodOfWorse } from './sequential-test.js';

export type CanaryFinding = Pick<CanaryJudgement, 'verdict' | 'reason' | 'difference' | 'pWorse'>;

/**
 * Probability of stopping a canary that is as good as the rest, however often it is looked at and its share is changed: at
 * most 2 %, with room for what the normal approximation adds while jobs are few.
 */
export const FALSE_STOP_PROBABILITY = 0.018;
/** Jobs of each arm below which no utility is compared. */
export const MIN_JOBS = 100;

/** What stops a canary at once, without a test. */
export const HARD_STOPS = {
  /** Share of decisions that the model failed to make. */
  maxErrorShare: 0.01,
  minDecisions: 100,
  /** Attempts per job, as a multiple of the control's. */
  maxAmplification: 1.5,
  /** Mean time to the last outcome of a job, as a multiple of the control's. */
  maxTimeRatio: 3,
} as const;

/**
 * Whether a canary is worse than what serves the rest. Hard stops of its present share first, then utility by a sequential
 * test that may be looked at continuously: one test over all shares that the canary has had, each compared within itself.
 * Too little is `inconclusive`, and never a success.
 *
 * @param shares the present one last; at least one
 */
export function judgeCanary(shares: readonly [...JudgedShare[], JudgedShare]): CanaryFinding {
  const present = shares[shares.length - 1] as JudgedShare;
  const hard = hardStop(present.canary, present.control);
  if (hard !== null) return { verdict: 'worse', reason: hard, difference: null, pWorse: 0 };
  const evidence = poolShares(shares, MIN_JOBS);
  if (evidence === null) {
    const reason = `${present.canary.jobs} jobs against ${present.control.jobs}: at least ${MIN_JOBS} of each are needed`;
    return { verdict: 'inconclusive', reason, difference: null, pWorse: 1 };
  }
  const pWorse = Math.min(1, 1 / likelihoodOfWorse(evidence));
  const pBetter = Math.min(1, 1 / likelihoodOfBetter(evidence));
  const verdict =
    pWorse < FALSE_STOP_PROBABILITY ? 'worse' : pBetter < FALSE_STOP_PROBABILITY ? 'better' : 'inconclusive';
  const { difference, controlMean, canaryJobs, controlJobs } = evidence;
  const means = `${(controlMean + difference).toFixed(3)} against ${controlMean.toFixed(3)}`;
  const p = `always-valid p ${Math.min(pWorse, pBetter).toExponential(1)}`;
  const reason = `utility per decision ${means}, over ${canaryJobs} and ${controlJobs} jobs (${p})`;
  return { verdict, reason, difference, pWorse };
}

function hardStop(canary: JudgedArm, control: JudgedArm): string | null {
  const { maxErrorShare, minDecisions, maxAmplification, maxTimeRatio } = HARD_STOPS;
  const { made, errors } = canary;
  if (made >= minDecisions && errors / made > maxErrorShare)
    return `the model failed in ${errors} of ${made} decisions`;
  if (canary.jobs < MIN_JOBS || control.jobs < MIN_JOBS) return null;
  const [attempts, usual] = [canary.attempts / canary.jobs, control.attempts / control.jobs];
  if (attempts > maxAmplification * usual) return `${attempts.toFixed(2)} attempts per job against ${usual.toFixed(2)}`;
  if (control.meanTimeMs > 0 && canary.meanTimeMs > maxTimeRatio * control.meanTimeMs)
    return `${Math.round(canary.meanTimeMs)} ms to a job's last outcome against ${Math.round(control.meanTimeMs)} ms`;
  return null;
}

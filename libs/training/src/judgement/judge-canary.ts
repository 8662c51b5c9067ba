import type { CanaryJudgement } from '@smart-retry/domain';
import { meanOfArm, type JudgedArm } from './arm-totals.js';
import { likelihoodOfBetter, likelihoodOfWorse } from './sequential-test.js';

export type CanaryFinding = Pick<CanaryJudgement, 'verdict' | 'reason' | 'difference' | 'pWorse'>;

/** Probability of stopping a canary that is as good as the rest, however often it is looked at. */
export const FALSE_STOP_PROBABILITY = 0.02;
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
 * Whether a canary is worse than what serves the rest. Hard stops first, then utility by a sequential test that may be
 * looked at continuously. Too little is `inconclusive`, and never a success.
 */
export function judgeCanary(canary: JudgedArm, control: JudgedArm): CanaryFinding {
  const hard = hardStop(canary, control);
  if (hard !== null) return { verdict: 'worse', reason: hard, difference: null, pWorse: 0 };
  if (canary.jobs < MIN_JOBS || control.jobs < MIN_JOBS) {
    const reason = `${canary.jobs} jobs against ${control.jobs}: at least ${MIN_JOBS} of each are needed`;
    return { verdict: 'inconclusive', reason, difference: null, pWorse: 1 };
  }
  const [ours, theirs] = [meanOfArm(canary), meanOfArm(control)];
  const evidence = { difference: ours.mean - theirs.mean, variance: ours.variance + theirs.variance };
  const pWorse = Math.min(1, 1 / likelihoodOfWorse(evidence));
  const pBetter = Math.min(1, 1 / likelihoodOfBetter(evidence));
  const verdict =
    pWorse < FALSE_STOP_PROBABILITY ? 'worse' : pBetter < FALSE_STOP_PROBABILITY ? 'better' : 'inconclusive';
  const numbers = `utility per decision ${ours.mean.toFixed(3)} against ${theirs.mean.toFixed(3)}, over ${canary.jobs} and ${control.jobs} jobs`;
  const p = `always-valid p ${Math.min(pWorse, pBetter).toExponential(1)}`;
  return { verdict, reason: `${numbers} (${p})`, difference: evidence.difference, pWorse };
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

import { meanOfArm, type JudgedArm } from './arm-totals.js';
import type { SequentialEvidence } from './sequential-test.js';

/** What came of both arms while the canary had one share of the jobs. */
export interface JudgedShare {
  readonly canary: JudgedArm;
  readonly control: JudgedArm;
}

export interface PooledEvidence extends SequentialEvidence {
  /** Utility per decision of the control, weighed like the difference. */
  readonly controlMean: number;
  readonly canaryJobs: number;
  readonly controlJobs: number;
}

/**
 * One difference of all shares, `Δ = Σ (Δ_k / V_k) / Σ (1 / V_k)`, of variance `1 / Σ (1 / V_k)`. Each share is compared
 * within itself, because the arms are mixed differently over time in each; what each one adds is independent of those
 * before it, so that a ramp is one sequential test, not one for each share. Shares with fewer jobs than `minJobs` in an
 * arm, or without variance, add nothing; null where none is left.
 */
export function poolShares(shares: readonly JudgedShare[], minJobs: number): PooledEvidence | null {
  let [information, weighedDifference, weighedControl, canaryJobs, controlJobs] = [0, 0, 0, 0, 0];
  for (const { canary, control } of shares) {
    if (canary.jobs < minJobs || control.jobs < minJobs) continue;
    const [ours, theirs] = [meanOfArm(canary), meanOfArm(control)];
    const variance = ours.variance + theirs.variance;
    if (variance === 0) continue;
    information += 1 / variance;
    weighedDifference += (ours.mean - theirs.mean) / variance;
    weighedControl += theirs.mean / variance;
    canaryJobs += canary.jobs;
    controlJobs += control.jobs;
  }
  if (information === 0) return null;
  return {
    difference: weighedDifference / information,
    variance: 1 / information,
    controlMean: weighedControl / information,
    canaryJobs,
    controlJobs,
  };
}

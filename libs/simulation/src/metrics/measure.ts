import { DEFAULT_OBJECTIVE } from '@smart-retry/domain';
import type { FailedJobTrace, Trace } from '../trace.js';
import { brierScore, expectedCalibrationError, shownSurplus, type ShownChances } from './calibration.js';
import { intervalCoverage } from './interval-coverage.js';
import { herdIndex, peakAmplification } from './load.js';
import { quantile } from './quantile.js';
import { utilityOf } from './utility.js';

/** Which jobs count: all, or those that arrived in the second half of the time. */
export type Portion = 'all' | 'second-half';

/** What one decider achieved in one world. Null: there was nothing to measure it by. */
export interface Measurement extends ShownChances {
  readonly failedJobs: number;
  /** Mean over failed jobs. */
  readonly utility: number;
  /**
   * The same, but over the jobs that fail at first try even if nobody retries: each first try that retries make fail is a
   * loss on top. Equal to `utility` where retries load nothing.
   */
  readonly netUtility: number;
  readonly successShare: number;
  /** Executions of a failed job, the first included. */
  readonly attemptsPerJob: number;
  /** Calls for each first try. */
  readonly amplification: number;
  readonly peakAmplification: number;
  readonly timeToSuccessP50Ms: number | null;
  readonly timeToSuccessP95Ms: number | null;
  /** Failed retries for each failed job. */
  readonly wastedAttempts: number;
  readonly herdIndex: number | null;
  /** Share of failed jobs that were stopped although an attempt could still have succeeded. */
  readonly falseStops: number;
  readonly brier: number | null;
  /** Of this run alone. */
  readonly calibrationError: number | null;
  /** Share of shown 90 % intervals that hold the true rate of success; see `intervalCoverage`. */
  readonly intervalCoverage: number | null;
}

/**
 * Measures a trace over a portion of its traffic.
 *
 * @param undisturbed What happens in the same world when nobody retries.
 */
export function measure(trace: Trace, portion: Portion, undisturbed: Trace): Measurement {
  const fromMs = portion === 'all' ? 0 : trace.world.arrivalsEndAtMs / 2;
  const unavoidable = undisturbed.failedJobs.filter(({ job }) => job.arrivesAtMs >= fromMs).length;
  const firstTriesAtMs = trace.world.jobs.map((job) => job.arrivesAtMs).filter((atMs) => atMs >= fromMs);
  const failed = trace.failedJobs.filter(({ job }) => job.arrivesAtMs >= fromMs);
  const retries = failed.flatMap((job) => job.retries);
  const retriesAtMs = retries.map(({ atMs }) => atMs);
  const utilities = failed.map((job) => utilityOf(job, DEFAULT_OBJECTIVE));
  const utilitySum = utilities.reduce((sum, utility) => sum + utility, 0);
  const timesToSuccessMs = failed.flatMap(timeToSuccessMs).sort((a, b) => a - b);
  const perFailedJob = (count: number) => (failed.length === 0 ? 0 : count / failed.length);
  const shown = retries.flatMap(({ shown: estimate, succeeded }) =>
    estimate === undefined ? [] : [{ probability: estimate.successProbability, happened: succeeded }],
  );
  const chances = { shownEstimates: shown.length, shownSurplus: shownSurplus(shown) };
  return {
    failedJobs: failed.length,
    utility: perFailedJob(utilitySum),
    netUtility: 1 - (failed.length - utilitySum) / Math.max(1, unavoidable),
    successShare: perFailedJob(failed.filter(({ end }) => end === 'succeeded').length),
    attemptsPerJob: 1 + perFailedJob(retries.length),
    amplification: 1 + retries.length / Math.max(1, firstTriesAtMs.length),
    peakAmplification: peakAmplification(firstTriesAtMs, retriesAtMs),
    timeToSuccessP50Ms: quantile(timesToSuccessMs, 0.5),
    timeToSuccessP95Ms: quantile(timesToSuccessMs, 0.95),
    wastedAttempts: perFailedJob(retries.filter(({ succeeded }) => !succeeded).length),
    herdIndex: herdIndex(
      trace.world.recoveriesMs.filter((atMs) => atMs >= fromMs),
      retriesAtMs,
    ),
    falseStops: perFailedJob(failed.filter(({ end, isPoison }) => end === 'stopped' && !isPoison).length),
    brier: brierScore(shown),
    calibrationError: expectedCalibrationError([chances]),
    intervalCoverage: intervalCoverage(trace, failed),
    ...chances,
  };
}

function timeToSuccessMs({ firstFailedAtMs, retries }: FailedJobTrace): readonly number[] {
  const last = retries.at(-1);
  return last?.succeeded === true ? [last.endedAtMs - firstFailedAtMs] : [];
}

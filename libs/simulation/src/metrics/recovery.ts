import { DEFAULT_OBJECTIVE } from '@smart-retry/domain';
import type { Trace } from '../trace.js';
import { mean } from './quantile.js';
import { utilityOf } from './utility.js';

/** How long a change of the world's law is felt. */
export interface Recovery {
  /** Failed jobs after the change until the decider does as well again as it does in the long run. */
  readonly failures: number;
  /** The same in virtual time. */
  readonly elapsedMs: number;
}

const WINDOW_JOBS = 50;
const TOLERANCE = 0.1;

/**
 * When, after the change, the utility of the next 50 failed jobs is back within 10 % of the decider's own steady state
 * (its mean over the second half of the jobs after the change). Both are taken as losses against the oracle on the same
 * jobs, so that an outage that is hard for everyone does not count. Null where nothing changes.
 *
 * @param oracle The same world, which retries must not load, played by the oracle.
 */
export function measureRecovery(trace: Trace, oracle: Trace): Recovery | null {
  const { changesAtMs } = trace.world;
  if (changesAtMs === undefined) return null;
  const best = new Map(oracle.failedJobs.map((job) => [job.job.index, utilityOf(job, DEFAULT_OBJECTIVE)]));
  const jobs = trace.failedJobs
    .filter(({ job }) => job.arrivesAtMs >= changesAtMs)
    .map((failed) => {
      const utility = utilityOf(failed, DEFAULT_OBJECTIVE);
      return { atMs: failed.job.arrivesAtMs, utility, loss: (best.get(failed.job.index) ?? utility) - utility };
    });
  const settled = jobs.slice(Math.floor(jobs.length / 2));
  const steadyLoss = mean(settled.map(({ loss }) => loss)) ?? 0;
  const steadyUtility = mean(settled.map(({ utility }) => utility)) ?? 0;
  const bearableLoss = steadyLoss + TOLERANCE * Math.abs(steadyUtility);
  const found = jobs.findIndex((_, i) => {
    const window = jobs.slice(i, i + WINDOW_JOBS).map(({ loss }) => loss);
    return (mean(window) ?? 0) <= bearableLoss;
  });
  const failures = found === -1 ? jobs.length : found;
  return { failures, elapsedMs: (jobs[failures]?.atMs ?? trace.world.arrivalsEndAtMs) - changesAtMs };
}

import { SIMULATION_EPOCH_MS } from '../simulate.js';
import { retryAfter, STOP, type Decider } from '../decider.js';
import type { World } from '../world.js';

/** Knows when each dependency recovers, where there is room, and which jobs are poison. Needs the world that it plays in. */
export function createOracle(world: World, epochMs = SIMULATION_EPOCH_MS): Decider {
  const jobs = new Map(world.jobs.map((job) => [job.id, job]));
  return {
    name: 'oracle',
    decide({ jobId, attemptNumber, failedAtMs }) {
      const job = jobs.get(jobId);
      if (job === undefined) throw new RangeError(`${world.name} has no job ${jobId}`);
      const delayMs = world.clairvoyantDelayMs({ job, attemptNumber, atMs: failedAtMs - epochMs });
      // Up to the next whole millisecond: one too early meets the end of the outage.
      return delayMs === null ? STOP : retryAfter(Math.ceil(delayMs) + 1);
    },
  };
}

import { DEFAULT_STRATEGY, type EpochMs } from '@smart-retry/domain';
import { retryAfter, STOP, type Decider } from '../decider.js';
import { SIMULATION_EPOCH_MS } from '../simulate.js';
import type { World } from '../world.js';

const { maxAttempts, maxDelayMs } = DEFAULT_STRATEGY.guardrails;

/**
 * Knows what the oracle knows and keeps within the default guardrails, as ours has to: ten attempts, five minutes at most
 * before each. It waits as long as it may again and again until the moment has come, and stops where its attempts do not
 * last until then. To wait for ten attempts costs less than the success at the end of them is worth, so that no other
 * stop gains anything. It is the most that attempts alone can reach, and no bound for whoever is put off by a breaker
 * meanwhile: that uses up none.
 */
export function createGuardedOracle(world: World, epochMs = SIMULATION_EPOCH_MS): Decider {
  const jobs = new Map(world.jobs.map((job) => [job.id, job]));
  /** Places are handed out once: who is on the way to one does not ask for another. */
  const awaited = new Map<string, EpochMs>();
  return {
    name: 'oracle-guarded',
    decide({ jobId, attemptNumber, failedAtMs }) {
      const job = jobs.get(jobId);
      if (job === undefined) throw new RangeError(`${world.name} has no job ${jobId}`);
      let untilMs = awaited.get(jobId);
      if (untilMs === undefined || untilMs <= failedAtMs) {
        const delayMs = world.clairvoyantDelayMs({ job, attemptNumber, atMs: failedAtMs - epochMs });
        if (delayMs === null) return STOP;
        // Up to the next whole millisecond: one too early meets the end of the outage.
        untilMs = failedAtMs + Math.ceil(delayMs) + 1;
        awaited.set(jobId, untilMs);
      }
      const leftMs = untilMs - failedAtMs;
      return leftMs > (maxAttempts - attemptNumber) * maxDelayMs ? STOP : retryAfter(Math.min(leftMs, maxDelayMs));
    },
  };
}

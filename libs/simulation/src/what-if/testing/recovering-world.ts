import { coin } from '../../random.js';
import { someJob, someWorld } from '../../testing/some-world.js';
import type { World } from '../../world.js';

const MEAN_OUTAGE_MS = 40_000;
const GAP_MS = 20_000;
const BLIP_SHARE = 0.1;
const HOPELESS_SHARE = 0.3;
const PURPOSE = { hopeless: 1, outage: 2, blip: 3 };

/**
 * Jobs that all fail at first, each on its own: their downstream comes back after a while of its own, but never for those
 * whose error code is `gone`. Class and code alike say nothing of how long it takes.
 */
export function recoveringWorld(seed: number, jobs: number): World {
  return someWorld(
    Array.from({ length: jobs }, (_, i) => someJob(i, i * GAP_MS)),
    {
      seed,
      attempt({ job, attemptNumber, atMs }) {
        const failure = { success: false, processingMs: 50, errorClass: 'upstream_error' } as const;
        if (coin(seed, PURPOSE.hopeless, job.index, 0) < HOPELESS_SHARE) return { ...failure, errorCode: 'gone' };
        const outageMs = -MEAN_OUTAGE_MS * Math.log(1 - coin(seed, PURPOSE.outage, job.index, 0));
        const isDown = attemptNumber === 1 || atMs < job.arrivesAtMs + outageMs;
        const fails = isDown || coin(seed, PURPOSE.blip, job.index, attemptNumber) < BLIP_SHARE;
        return fails ? { ...failure, errorCode: 'busy' } : { success: true, processingMs: 50 };
      },
    },
  );
}

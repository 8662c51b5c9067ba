import type { FailedJobTrace, Trace } from '../trace.js';
import type { World } from '../world.js';
import { mean } from './quantile.js';

/** Where the age of an incident makes failures another kind: each three times as old or more. */
const AGE_EDGES_MS: readonly number[] = [1_000, 10_000, 30_000, 90_000, 300_000, 900_000, 2_700_000];

/**
 * Share of the 90 % intervals shown for `shown` that hold the true rate: how often a first retry succeeds that waits as
 * long as this one did, over all failures like this one, by the world's law. Alike are first failures of one dependency
 * in incidents of about one age, as far as whoever decides can know it (`incidentAgeMs`), that were treated alike: who
 * leaves a dependency alone, but for a probe, knows more of it than that age. Sound and poisoned jobs are not alike,
 * since something that comes with the failure tells them apart. What is averaged is the law's chance given
 * how things stood at each of them (down for so long, or up), so that neither the luck of the draw nor when an outage
 * really ended is in it. Null where nothing was shown or the law does not tell.
 *
 * Later failures are left out: how long a job has failed already is the decider's own doing. So are answers to a
 * question asked again after a wait.
 */
export function intervalCoverage({ world, failedJobs }: Trace, shown: readonly FailedJobTrace[]): number | null {
  const alike = groupAlike(failedJobs);
  return mean(
    shown.flatMap((job) => {
      const [retry] = job.retries;
      const interval = retry?.shown?.interval;
      if (retry === undefined || interval === undefined || retry.decidedAtMs > job.firstFailedAtMs) return [];
      const rate = rateOf(world, alike.get(kindOf(job)) ?? [], retry.atMs - job.firstFailedAtMs);
      return rate === null ? [] : [Number(interval[0] <= rate && rate <= interval[1])];
    }),
  );
}

function groupAlike(failedJobs: readonly FailedJobTrace[]): ReadonlyMap<string, readonly FailedJobTrace[]> {
  const groups = new Map<string, FailedJobTrace[]>();
  for (const job of failedJobs) {
    const kind = kindOf(job);
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, [job]);
    else group.push(job);
  }
  return groups;
}

function kindOf({ job, incidentAgeMs, treatment, isPoison }: FailedJobTrace): string {
  const ageGroup = AGE_EDGES_MS.filter((edgeMs) => incidentAgeMs >= edgeMs).length;
  return `${job.dependency} ${ageGroup} ${treatment} ${isPoison ? 'poisoned' : 'sound'}`;
}

function rateOf(world: World, alike: readonly FailedJobTrace[], delayMs: number): number | null {
  const chances = alike.map(({ job, firstFailedAtMs }) =>
    world.trueSuccess({ job, attemptNumber: 1, atMs: firstFailedAtMs }, delayMs),
  );
  return chances.includes(null) ? null : mean(chances.map((chance) => chance ?? 0));
}

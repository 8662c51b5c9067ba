import { openCluster } from './cluster.mjs';

/**
 * Clusters on which several schedules run, one after another: to start one takes as long as a schedule. What went wrong is
 * not carried on: after a red run the next one gets a new cluster.
 *
 * @param {{ schedules: number }} options on each cluster, at most
 */
export function createClusterShare({ schedules }) {
  let kept = null;
  return {
    async take(options) {
      const cluster = kept ?? (await openCluster(options));
      kept = null;
      cluster.schedules = (cluster.schedules ?? 0) + 1;
      // A schedule has no clocks wrong but its own.
      for (const replica of cluster.replicas) {
        if (replica.skewMs === 0) continue;
        await replica.kill9();
        await replica.start();
      }
      return cluster;
    },
    async giveBack(cluster, { isGreen }) {
      if (isGreen && cluster.schedules < schedules) kept = cluster;
      else await cluster.close();
    },
    async close() {
      await kept?.close();
      kept = null;
    },
  };
}

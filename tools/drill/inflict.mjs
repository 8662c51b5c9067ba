import { setTimeout as sleep } from 'node:timers/promises';
import { killTrainer } from './trainer.mjs';

/** Brings one fault about and undoes it; resolves when it is over. */
export async function inflict(fault, cluster, observations) {
  const replica = cluster.replicas[fault.replica];
  switch (fault.kind) {
    case 'kill_api':
    case 'skew_clock':
      await observations.lookBeforeKill(fault.replica);
      await replica.kill9();
      await replica.start({ skewMs: fault.skewMs });
      return;
    case 'kill_trainer':
      return killTrainer(cluster, observations);
    case 'kill_redis':
      observations.redisKills.push(Date.now());
      return during(cluster, [{ store: 'redis' }], () => cluster.redis.kill9(fault.durationMs));
    case 'restart_postgres':
      return during(cluster, [{ store: 'postgres' }], () => cluster.postgres.crash(fault.durationMs));
    case 'latency':
      replica.gates[fault.store].delayMs = fault.delayMs;
      await sleep(fault.durationMs);
      replica.gates[fault.store].delayMs = 0;
      return;
    case 'cut':
      return gated(cluster, fault, [fault.store], (gate) => gate.refuse());
    case 'half_open':
      return gated(cluster, fault, [fault.store], (gate) => gate.silence());
    case 'isolate':
      return isolate(fault, cluster, observations);
    default:
      throw new Error(`there is no fault ${fault.kind}`);
  }
}

/** Cuts a replica off from both stores; when that has begun and has not ended yet, is noted. */
async function isolate(fault, cluster, observations) {
  await gated(
    cluster,
    fault,
    ['postgres', 'redis'],
    async (gate) => gate.silence(),
    (fromMs) => observations.isolations.push({ replica: fault.replica, fromMs, toMs: Date.now() }),
  );
}

async function gated(cluster, { replica, durationMs }, stores, shut, note = () => undefined) {
  const troubles = stores.map((store) => ({ replica, store }));
  await during(cluster, troubles, async () => {
    const gates = stores.map((store) => cluster.replicas[replica].gates[store]);
    await Promise.all(gates.map(shut));
    const fromMs = Date.now();
    await sleep(durationMs);
    note(fromMs);
    // Connections that fell silent stay so: new ones get through beside them.
    await Promise.all(gates.map((gate) => gate.open()));
  });
}

async function during(cluster, troubles, work) {
  const ends = troubles.map((trouble) => cluster.links.trouble(trouble));
  await work();
  for (const end of ends) end();
}

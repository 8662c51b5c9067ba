import { setTimeout as sleep } from 'node:timers/promises';
import { createRng } from '../../libs/domain/dist/index.js';
import { inflict } from './inflict.mjs';
import { answersAfterStops, checkInvariants } from './invariants.mjs';
import { RECOVERY_MS } from './link-log.mjs';
import { startMeteredCallers } from './metered.mjs';
import { createObservations } from './observations.mjs';
import { changeGuardrails, LIMITS, stopForAWhile } from './operator.mjs';
import { readBooks } from './read-books.mjs';
import { startSabotage } from './sabotage.mjs';
import { startWorkers } from './workers.mjs';

const LOOK_INTERVAL_MS = 1_000;
const DEADLINE_MS = 300_000;

/**
 * Runs one schedule and checks what must hold after it.
 *
 * @param {ReturnType<typeof import('./schedule.mjs').planSchedule>} schedule
 * @param {{ attempts: number, clusters: ReturnType<typeof import('./cluster-share.mjs').createClusterShare>, switchedOff?: string | null }} options
 *   in a control, the invariant that nothing protects
 */
export async function runSchedule(schedule, { attempts, clusters, switchedOff = null }) {
  const startedMs = Date.now();
  const cluster = await clusters.take({ switchedOff });
  let isGreen = false;
  try {
    const observations = createObservations({ replicas: cluster.replicas });
    const rng = createRng([schedule.seed, 0, 0, 3]);
    await observations.begin();
    await changeGuardrails(cluster, observations, LIMITS, rng);
    // Each API knows the limits before anybody is asked.
    await sleep(1_000);
    const openedMs = Date.now();
    const sabotage = await startSabotage(cluster);
    await live(schedule, cluster, observations, { attempts, rng }).finally(() => sabotage.stop());
    const livedMs = Date.now();
    const books = await readBooks(cluster, { seed: schedule.seed });
    const invariants = checkInvariants({ schedule, observations, books, links: cluster.links });
    isGreen = invariants.every(({ isHeld }) => isHeld);
    return {
      schedule,
      acknowledged: observations.acknowledged,
      unanswered: observations.reports.size - observations.acknowledged,
      answers: observations.answers.length,
      onCluster: cluster.schedules,
      seconds: (Date.now() - startedMs) / 1_000,
      secondsToOpen: (openedMs - startedMs) / 1_000,
      secondsLived: (livedMs - openedMs) / 1_000,
      invariants,
    };
  } finally {
    await clusters.giveBack(cluster, { isGreen });
  }
}

/** From the first request to the moment when all is quiet and written. */
async function live(schedule, cluster, observations, { attempts, rng }) {
  const deadlineMs = Date.now() + DEADLINE_MS;
  const workers = startWorkers(cluster, observations, { seed: schedule.seed, attempts });
  const metered = startMeteredCallers(cluster, observations, { seed: schedule.seed });
  const untilShare = async (share) => {
    while (observations.acknowledged < share * attempts) {
      if (Date.now() > deadlineMs)
        throw new Error(`only ${observations.acknowledged} attempts were acknowledged in time`);
      await sleep(20);
    }
  };
  let isLooking = true;
  const looking = lookNowAndThen(cluster, observations, () => isLooking);
  try {
    await Promise.all([
      inTurn(schedule.faults, async (fault) => {
        await untilShare(fault.atShare);
        await inflict(fault, cluster, observations);
      }),
      inTurn(schedule.stopsAtShare, async (share) => {
        await untilShare(share);
        await stopForAWhile(cluster, observations, { rng, seed: schedule.seed });
      }),
      untilShare(1),
    ]);
  } finally {
    isLooking = false;
    await Promise.all([workers.stop(), metered.stop(), looking]);
  }
  await settle(cluster, observations);
  if (answersAfterStops(observations, cluster.links).length > 0) return;
  // Faults hid every stop from those who were to hear of it: of one in the open they do.
  await sleep(RECOVERY_MS);
  await stopForAWhile(cluster, observations, { rng, seed: schedule.seed });
  await settle(cluster, observations);
}

async function inTurn(items, work) {
  for (const item of items) await work(item);
}

async function lookNowAndThen(cluster, observations, goesOn) {
  while (goesOn()) {
    await Promise.all(cluster.replicas.map((_, index) => observations.look(index)));
    await sleep(LOOK_INTERVAL_MS);
  }
}

/** Waits until each API reaches its stores again and has written what it owes. */
async function settle(cluster, observations) {
  for (const [index, replica] of cluster.replicas.entries()) {
    await replica.untilReady();
    const deadlineMs = Date.now() + 30_000;
    for (;;) {
      await observations.look(index);
      if (observations.owed.get(`${index}/${replica.lifetime}`)?.pending === 0) break;
      if (Date.now() > deadlineMs) throw new Error('an API process does not get rid of its decisions');
      await sleep(100);
    }
  }
}

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, table, writeReport } from './report.mjs';

// `npm run bench:rolling-restart [-- requests a second]`: three API processes are restarted one after the other under load.
const PER_SECOND = Number(process.argv[2] ?? 1_000);
const REPLICAS = 3;
const TICK_MS = 10;
/** How often the balancer looks who is ready, as one in front of real processes does. */
const LOOK_EVERY_MS = 250;
const DRAIN_DELAY = '1s';
const STEADY_MS = 5_000;

bootstrap();
build('.');
const machine = describeMachine();
const { openFleet } = await import('./replica-fleet.mjs');
const { TIMEOUT_MS } = await import('../drill/call.mjs');

const fleet = await openFleet({ replicas: REPLICAS, env: { RETRY_DRAIN_DELAY: DRAIN_DELAY } });
const { replicas } = fleet;
const statuses = new Map();
const durations = [];
const restarts = [];
const ready = new Set(replicas);
const load = { isOver: false };
try {
  await drive(500, { isOver: false }, 3_000);
  statuses.clear();
  durations.length = 0;
  const balancing = balance();
  const driving = drive(PER_SECOND, load);
  await sleep(STEADY_MS);
  for (const [i, replica] of replicas.entries()) {
    const startedAtMs = performance.now();
    await replica.stop();
    await replica.start();
    await replica.untilReady();
    restarts.push([`api-${i}`, `${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`]);
    await sleep(STEADY_MS);
  }
  load.isOver = true;
  await Promise.all([driving, balancing]);
} finally {
  await fleet.close();
}

const sent = [...statuses.values()].reduce((sum, n) => sum + n, 0);
const failed = sent - (statuses.get(200) ?? 0);
durations.sort((a, b) => a - b);
const quantile = (q) => durations[Math.min(durations.length - 1, Math.floor(q * durations.length))].toFixed(1);
writeReport('rolling-restart', {
  title: 'Rolling restart',
  machine,
  sections: [
    `\`npm run bench:rolling-restart\`: ${REPLICAS} API processes on one Redis and one Postgres, SIGTERM and a new start one after the other, under
${PER_SECOND.toLocaleString('en')} requests a second, recommendations and reports by turns. The balancer looks at \`/health/ready\` each ${LOOK_EVERY_MS} ms and sends nothing again;
\`RETRY_DRAIN_DELAY\` is ${DRAIN_DELAY}.`,
    `**${failed} of ${sent.toLocaleString('en')} requests failed.** p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, longest ${quantile(1)} ms.`,
    table(
      ['answer', 'times'],
      [...statuses].map(([status, n]) => [status, n]),
    ),
    table(['restarted', 'from SIGTERM until ready'], restarts),
  ],
});

/** Keeps `ready` as the health checks say. */
async function balance() {
  while (!load.isOver) {
    await Promise.all(
      replicas.map(async (replica) => {
        const isReady = (await replica.call('GET', '/health/ready'))?.status === 200;
        if (isReady) ready.add(replica);
        else ready.delete(replica);
      }),
    );
    await sleep(LOOK_EVERY_MS);
  }
}

/** Sends so many requests a second, whether or not earlier ones have been answered. */
async function drive(perSecond, until, forMs = Number.POSITIVE_INFINITY) {
  const startedAtMs = performance.now();
  const pending = new Set();
  let sentSoFar = 0;
  while (!until.isOver && performance.now() - startedAtMs < forMs) {
    const due = ((performance.now() - startedAtMs) * perSecond) / 1_000;
    for (; sentSoFar < due; sentSoFar++) {
      const one = send(sentSoFar).finally(() => pending.delete(one));
      pending.add(one);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(pending);
}

async function send(n) {
  const targets = [...ready];
  const replica = targets[n % targets.length];
  const job = { job_id: `job-${Math.floor(n / 2)}`, job_type: 'rolling', error_class: 'timeout' };
  const startedAtMs = performance.now();
  const call =
    n % 2 === 0
      ? await replica?.call('POST', '/recommendation', { ...job, attempt_number: 1 })
      : await replica?.call('POST', '/attempt', { ...job, attempt_number: 2, success: true });
  const tookMs = performance.now() - startedAtMs;
  durations.push(tookMs);
  const status = call?.status ?? nameNoAnswer(replica, tookMs);
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
}

function nameNoAnswer(replica, tookMs) {
  if (replica === undefined) return 'nobody ready';
  return tookMs >= TIMEOUT_MS ? `none in ${TIMEOUT_MS / 1_000} s` : 'connection broken';
}

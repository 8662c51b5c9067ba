import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, table, writeReport } from './report.mjs';

// `npm run bench:hostile [-- requests]`: generated hostile requests to one API process, and an honest client beside them.
const REQUESTS = Number(process.argv[2] ?? 100_000);
const SEED = 1;
const CONNECTIONS = 8;
const HONEST_PER_SECOND = 20;
const HONEST_ALONE_MS = 30_000;
/** What is kept of what comes is bounded: the most that any of it holds is 100,000 of a kind. Full, what still grows is a leak. */
const FLOOD_NAMES = 110_000;
const SETTLE_MS = 15_000;

bootstrap();
build('.');
const machine = describeMachine();
const { startApi } = await import('./started-server.mjs');
const { createFlood, createHostileRequests } = await import('./hostile/requests.mjs');
const { createSender } = await import('./hostile/send.mjs');

const api = await startApi({ preload: new URL('hostile/in-hostile.mjs', import.meta.url).href });
const statuses = new Map();
const beside = [];
const memory = {};
let alone;
let honest;
let failure;
try {
  memory.before = await settledMemory();
  await flood();
  honest = new Worker(new URL('hostile/honest.mjs', import.meta.url), {
    workerData: { baseUrl: api.baseUrl, perSecond: HONEST_PER_SECOND },
  });
  failure = once(honest, 'error').then(([error]) => Promise.reject(error));
  // It is heard by whoever takes next.
  failure.catch(() => undefined);
  await sleep(HONEST_ALONE_MS / 3);
  await takeDurations();
  await sleep(HONEST_ALONE_MS);
  alone = await takeDurations();
  const next = createHostileRequests(SEED);
  // The code that hostile requests reach is compiled by them, and stays.
  await attack(next, REQUESTS / 10);
  memory.full = await settledMemory();
  await attack(next, REQUESTS);
  memory.after = await settledMemory();
} finally {
  honest?.postMessage('end');
  await api.stop();
}

const serverErrors = [...statuses].filter(([status]) => Number(status) >= 500);
const growth = memory.after / memory.full - 1;
const [p99Alone, p99Beside] = [quantile(alone, 0.99), quantile(beside, 0.99)];
const mib = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;
writeReport('hostile', {
  title: 'Hostile requests',
  machine,
  sections: [
    `\`npm run bench:hostile\`: ${REQUESTS.toLocaleString('en')} requests of seed ${SEED} over ${CONNECTIONS} connections, each at once after the other, to one API process on
the embedded default, without keys and so without a rate limit: broken, deep and huge bodies, wrong types, names made to be remembered, wrong
methods, paths, queries and headers, bytes that are no HTTP. An honest client, in a thread of its own, asks and
reports ${HONEST_PER_SECOND} times a second meanwhile.`,
    table(
      ['', 'found', 'wanted', ''],
      [
        [
          'answers 5xx',
          serverErrors.map(([status, n]) => `${n} × ${status}`).join(', ') || 0,
          0,
          verdict(serverErrors.length === 0),
        ],
        [
          'growth of memory, all that is bounded being full',
          `${(100 * growth).toFixed(1)} %`,
          '≤ 10 %',
          verdict(growth <= 0.1),
        ],
        [
          'p99 of the honest client beside them',
          `${p99Beside.toFixed(1)} ms`,
          `< 50 ms or 3 × ${p99Alone.toFixed(1)} ms alone`,
          verdict(p99Beside < Math.max(50, 3 * p99Alone)),
        ],
      ],
    ),
    `Resident memory, ${SETTLE_MS / 1_000} s after the last request and after a collection of garbage: ${mib(memory.before)} at first. Then ${FLOOD_NAMES.toLocaleString('en')} valid
failures and reports, each under names never seen before, and a tenth as many hostile requests as were to come, filled all that the process keeps by name to
its bounds (100,000 posterior cells, 100,000 promises to jobs, 2,000 dependencies): ${mib(memory.full)}. After all hostile requests: ${mib(memory.after)}.`,
    table(
      ['answer', 'times'],
      [...statuses].sort(([a], [b]) => String(a).localeCompare(String(b))).map(([status, n]) => [status, n]),
    ),
  ],
});

/** Notes of the honest client only what it waits while the attack lasts. */
async function attack(next, count) {
  await takeDurations();
  await sendAll(next, count);
  beside.push(...(await takeDurations()));
}

async function flood() {
  const send = createSender(api.baseUrl);
  for (const batch of createFlood(FLOOD_NAMES)) {
    const status = await send(batch);
    if (status !== 200) throw new Error(`the flood was answered with ${status}`);
  }
}

async function sendAll(next, count) {
  let sent = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const send = createSender(api.baseUrl);
      while (sent < count) {
        sent++;
        const status = await send(next());
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }),
  );
}

/** What the honest client has noted since it was last asked. */
async function takeDurations() {
  const taken = once(honest, 'message');
  honest.postMessage('take');
  return (await Promise.race([taken, failure]))[0];
}

async function settledMemory() {
  await sleep(SETTLE_MS);
  api.signal('SIGUSR2');
  await sleep(SETTLE_MS / 5);
  return api.memoryBytes();
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

function verdict(holds) {
  return holds ? 'holds' : '**missed**';
}

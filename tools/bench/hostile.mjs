import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, table, writeReport } from './report.mjs';

// `npm run bench:hostile [-- requests]`: generated hostile requests to one API process, and an honest client beside them.
const REQUESTS = Number(process.argv[2] ?? 100_000);
const SEED = 1;
const CONNECTIONS = 8;
const HONEST_PER_SECOND = 20;
const HONEST_ALONE_MS = 30_000;
/** What is kept of what comes is bounded; the bounds are reached before growth is measured. */
const WARM_SHARE = 0.25;
const SETTLE_MS = 15_000;

bootstrap();
build('.');
const machine = describeMachine();
const { startApi } = await import('./started-server.mjs');
const { createHostileRequests } = await import('./hostile/requests.mjs');
const { createSender } = await import('./hostile/send.mjs');

const api = await startApi();
const statuses = new Map();
const alone = [];
const beside = [];
const memory = {};
try {
  await beHonest([], performance.now() + HONEST_ALONE_MS / 3);
  await beHonest(alone, performance.now() + HONEST_ALONE_MS);
  memory.before = await settledMemory();
  const attack = { isOver: false };
  const honest = beHonest(beside, Number.POSITIVE_INFINITY, attack);
  const next = createHostileRequests(SEED);
  await sendAll(next, Math.round(REQUESTS * WARM_SHARE));
  memory.warm = await settledMemory();
  await sendAll(next, REQUESTS - Math.round(REQUESTS * WARM_SHARE));
  memory.after = await settledMemory();
  attack.isOver = true;
  await honest;
} finally {
  await api.stop();
}

const serverErrors = [...statuses].filter(([status]) => Number(status) >= 500);
const growth = memory.after / memory.warm - 1;
const [p99Alone, p99Beside] = [quantile(alone, 0.99), quantile(beside, 0.99)];
const mib = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;
writeReport('hostile', {
  title: 'Hostile requests',
  machine,
  sections: [
    `\`npm run bench:hostile\`: ${REQUESTS.toLocaleString('en')} requests of seed ${SEED} over ${CONNECTIONS} connections, each at once after the other, to one API process on
the embedded default, without keys and so without a rate limit: broken, deep and huge bodies, wrong types, names made to be remembered, wrong
methods, paths, queries and headers, bytes that are no HTTP. An honest client asks and reports ${HONEST_PER_SECOND} times a second meanwhile.`,
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
          'growth of memory after the first quarter',
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
    `Resident memory, ${SETTLE_MS / 1_000} s after the last request: ${mib(memory.before)} before them, ${mib(memory.warm)} after a quarter of them, when
what is bounded is full, and ${mib(memory.after)} after all.`,
    table(
      ['answer', 'times'],
      [...statuses].sort(([a], [b]) => String(a).localeCompare(String(b))).map(([status, n]) => [status, n]),
    ),
  ],
});

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

/** Asks and reports by turns at a steady pace, and notes how long each took from when it was due. */
async function beHonest(durations, untilMs, attack = { isOver: false }) {
  const startedAtMs = performance.now();
  const pending = [];
  for (let i = 0; performance.now() < untilMs && !attack.isOver; i++) {
    const dueMs = startedAtMs + (i * 1_000) / HONEST_PER_SECOND;
    await sleep(Math.max(0, dueMs - performance.now()));
    pending.push(ask(i).then(() => durations.push(performance.now() - dueMs)));
  }
  await Promise.all(pending);
}

async function ask(i) {
  const job = { job_id: `honest-${i}`, job_type: 'honest', error_class: 'timeout' };
  const isReport = i % 2 === 1;
  const body = isReport ? { ...job, attempt_number: 2, success: true } : { ...job, attempt_number: 1 };
  const response = await fetch(`${api.baseUrl}${isReport ? '/attempt' : '/recommendation'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the honest client was answered ${response.status}`);
}

async function settledMemory() {
  await sleep(SETTLE_MS);
  return api.memoryBytes();
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

function verdict(holds) {
  return holds ? 'holds' : '**missed**';
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootstrap, ROOT } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, median, table, writeReport } from './report.mjs';

// `npm run bench:taught-api`: recommendations over HTTP as taught, beside rules only, in the same run.
const ROUNDS = 6;
const SECONDS = 3;
/** What one server leaves to be written is not to slow the next. */
const REST_MS = 1_500;
const OUTCOMES = 20_000;
/** One failure over and over; all of one job type; of 50 job types. */
const KINDS = [1, 48, 2_400];

bootstrap();
build('.');
const machine = describeMachine();
const { startTaughtPair } = await import('./taught-pair.mjs');
const { drive, findWrk } = await import('./wrk.mjs');
const wrk = findWrk();
const script = join(ROOT, 'tools/bench/recommendation-mixed.lua');

const pair = await startTaughtPair({ outcomes: OUTCOMES });
const rows = [];
let methods;
try {
  for (const [kinds, connections] of KINDS.flatMap((kinds) => [16, 64].map((connections) => [kinds, connections]))) {
    const rounds = { taught: [], rules: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      // Each goes first as often as the other: whatever else the machine does drifts.
      const order = round % 2 === 0 ? ['taught', 'rules'] : ['rules', 'taught'];
      for (const name of order) {
        const driven = await driveMeasured(pair[name], { kinds, connections });
        if (round > 0) rounds[name].push(driven);
        await sleep(REST_MS);
      }
    }
    rows.push([kinds.toLocaleString('en'), connections, ...summarise(rounds)]);
  }
  methods = await pair.describeMethods();
} finally {
  await pair.stop();
}

writeReport('taught-api', {
  title: 'Recommendations over HTTP, as taught',
  machine,
  sections: [
    `\`npm run bench:taught-api\`: two servers with the defaults of \`npm start\` that hold the same ${OUTCOMES.toLocaleString('en')} outcomes (50 job types × 3 error codes × 4 tenants), \`learned_max_attempts\` 12, one with learning on, one with \`learning.mode: off\`. Kinds of failure that are asked about take turns: one, all of one job type (error codes × tenants × four attempts), those of 50 job types. wrk with one thread, ${ROUNDS} rounds of ${SECONDS} s after one to warm up, in which the servers take turns at going first and rest before each other's; medians, ratios round by round with their range. Wanted: at least 90 % of the requests of rules only.`,
    `Where the machine is shared with others, requests a second say more of them than of the servers. Processor time of the server process a request (without Postgres) is less disturbed; its ratio is what throughput comes to where the server has a core to itself.`,
    table(
      [
        'kinds of failure',
        'connections',
        'taught req/s',
        'rules req/s',
        'taught / rules',
        'taught CPU µs',
        'rules CPU µs',
        'rules / taught CPU',
        'failed',
      ],
      rows,
    ),
    `Who answered: ${methods}.`,
  ],
});

async function driveMeasured({ baseUrl }, { kinds, connections }) {
  const before = await readCpuSeconds(baseUrl);
  const driven = await drive(wrk, {
    url: `${baseUrl}/recommendation`,
    script,
    scriptArguments: [String(kinds)],
    connections,
    seconds: SECONDS,
  });
  const spentSeconds = (await readCpuSeconds(baseUrl)) - before;
  return { ...driven, cpuMicroseconds: (1e6 * spentSeconds) / (driven.requestsPerSecond * SECONDS) };
}

async function readCpuSeconds(baseUrl) {
  const text = await (await fetch(`${baseUrl}/metrics`)).text();
  return Number(/^smart_retry_process_cpu_seconds_total ([\d.]+)/m.exec(text)[1]);
}

function summarise({ taught, rules }) {
  const rate = (rounds) => Math.round(median(rounds.map((round) => round.requestsPerSecond))).toLocaleString('en');
  const cpu = (rounds) => median(rounds.map((round) => round.cpuMicroseconds)).toFixed(0);
  const failed = [...taught, ...rules].reduce((sum, { failures }) => sum + failures, 0);
  const byRate = taught.map((round, i) => round.requestsPerSecond / rules[i].requestsPerSecond);
  const byCpu = taught.map((round, i) => rules[i].cpuMicroseconds / round.cpuMicroseconds);
  return [rate(taught), rate(rules), describe(byRate), cpu(taught), cpu(rules), describe(byCpu), failed];
}

function describe(ratios) {
  const percent = (ratio) => `${Math.round(100 * ratio)} %`;
  return `**${percent(median(ratios))}** (${percent(Math.min(...ratios))}–${percent(Math.max(...ratios))})`;
}

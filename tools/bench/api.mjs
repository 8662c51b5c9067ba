import autocannon from 'autocannon';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootstrap, ROOT } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, describeRatios, median, table, writeReport } from './report.mjs';

// `npm run bench:api`: recommendations over HTTP beside a bare echo of the same body, in the same run.
const ROUNDS = 6;
const SECONDS = 8;
/** What one server leaves to be written is not to slow the next. */
const REST_MS = 1_500;
const STEADY_RATE = 2_000;
const STEADY_SECONDS = 20;

bootstrap();
build('.');
const machine = describeMachine();
const { startApi, startEcho } = await import('./started-server.mjs');
const { driveMeasured, findWrk } = await import('./wrk.mjs');
const { measureFleetCost } = await import('./fleet-cost.mjs');
const wrk = findWrk();
const script = join(ROOT, 'tools/bench/recommendation.lua');
const BODY = JSON.stringify({
  job_type: 'email_send',
  error_class: 'timeout',
  error_code: '504',
  attempt_number: 2,
  queue: 'default',
  tenant: 'customer_a',
  payload_size: 1024,
  worker_version: 'v1.2.3',
  health: { downstream_latency: 250 },
  since_last_failure: '00:02:30',
  job_id: 'task_[<id>]',
});

const throughput = await measureThroughput();
const fleetCost = await measureFleetCost(wrk);
const steady = await measureSteadyRate();

writeReport('api', {
  title: 'Recommendations over HTTP',
  machine,
  sections: [
    '`npm run bench:api`: the built API with the defaults of `npm start` (validation, decision, signed id, audit trail into the embedded Postgres with fsync), beside a bare NestJS-on-Fastify echo of the same body without validation, in the same run; and beside one of Fastify alone, because the API takes the routes that workers ask out of Nest (ADR 0022). Servers, Postgres and load generator share the machine.',
    '## Throughput',
    `wrk with one thread, ${ROUNDS} rounds of ${SECONDS} s after one to warm up, in which the servers take turns at going first and rest before each other's; medians, ratios round by round with their range. Wanted: at least 60 % of the echo (stretch 75 %).`,
    table(
      [
        'connections',
        'API req/s',
        'echo req/s',
        'API / echo',
        'Fastify echo req/s',
        'API / Fastify echo',
        'API p50 / p99 ms',
        'echo p50 / p99 ms',
        'API CPU µs',
        'echo CPU µs',
        'echo / API CPU',
        'failed',
      ],
      throughput.rows,
    ),
    'Where the machine is shared with others, requests a second say more of them than of the servers. Processor time of the server process a request (without Postgres) is less disturbed; its ratio is what throughput comes to where the server has a core to itself.',
    `Audit records after the run: ${throughput.audit}.`,
    '## What breaker, budget and tenant limits cost',
    'Jobs that name a dependency whose first tries are reported, of a tenant that has a limit and its fair share, beside a server that asks none of these. Wanted: at least 85 % of its throughput.',
    fleetCost,
    `## Latency at ${STEADY_RATE.toLocaleString('en')} requests/s on one core`,
    `The server and what it starts (Postgres too) pinned to core 0, autocannon to core 1 with 16 connections at a fixed rate, ${STEADY_SECONDS} s each. Wanted: API p99 under 10 ms or 3 × the echo's.`,
    table(['server', 'req/s', 'p50 ms', 'p97.5 ms', 'p99 ms', 'failed'], steady),
  ],
});

async function measureThroughput() {
  const api = await startApi();
  const echo = await startEcho();
  const fastifyEcho = await startEcho({ framework: 'fastify' });
  const servers = [
    ['api', api, '/recommendation'],
    ['echo', echo, '/echo'],
    ['fastifyEcho', fastifyEcho, '/echo'],
  ];
  const rows = [];
  try {
    for (const connections of [16, 64]) {
      const options = { script, connections, seconds: SECONDS };
      const rounds = { api: [], echo: [], fastifyEcho: [] };
      for (let round = 0; round <= ROUNDS; round++) {
        // Each goes first as often as the others: whatever else the machine does drifts.
        const first = round % servers.length;
        for (const [name, server, path] of [...servers.slice(first), ...servers.slice(0, first)]) {
          const driven = await driveMeasured(wrk, server, { path, ...options });
          if (round > 0) rounds[name].push(driven);
          await sleep(REST_MS);
        }
      }
      rows.push(summarise(connections, rounds));
    }
    return { rows, audit: await readAuditCounts(api.baseUrl) };
  } finally {
    await Promise.all([echo.stop(), fastifyEcho.stop(), api.stop()]);
  }
}

function summarise(connections, { api: apiRounds, echo: echoRounds, fastifyEcho: fastifyRounds }) {
  const rate = (rounds) => Math.round(median(rounds.map((round) => round.requestsPerSecond))).toLocaleString('en');
  const latency = (rounds) =>
    `${median(rounds.map((round) => round.p50Ms)).toFixed(2)} / ${median(rounds.map((round) => round.p99Ms)).toFixed(2)}`;
  const shareOf = (peer) =>
    describeRatios(apiRounds.map((round, i) => round.requestsPerSecond / peer[i].requestsPerSecond));
  const cpu = (rounds) => median(rounds.map((round) => round.cpuMicroseconds)).toFixed(0);
  const failures = [...apiRounds, ...echoRounds, ...fastifyRounds].reduce((sum, round) => sum + round.failures, 0);
  return [
    connections,
    rate(apiRounds),
    rate(echoRounds),
    shareOf(echoRounds),
    rate(fastifyRounds),
    shareOf(fastifyRounds),
    latency(apiRounds),
    latency(echoRounds),
    cpu(apiRounds),
    cpu(echoRounds),
    describeRatios(apiRounds.map((round, i) => echoRounds[i].cpuMicroseconds / round.cpuMicroseconds)),
    failures,
  ];
}

async function readAuditCounts(baseUrl) {
  const text = await (await fetch(`${baseUrl}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^smart_retry_audit\S* \d/.test(line));
  return lines.map((line) => line.replace(' ', ' = ')).join(', ');
}

async function measureSteadyRate() {
  const rows = [];
  for (const [name, start, path] of [
    ['API', startApi, '/recommendation'],
    ['echo', startEcho, '/echo'],
  ]) {
    const server = await start({ cores: '0' });
    try {
      const options = {
        url: `${server.baseUrl}${path}`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: BODY,
        idReplacement: true,
        connections: 16,
        overallRate: STEADY_RATE,
      };
      await autocannon({ ...options, duration: 5 });
      const result = await autocannon({ ...options, duration: STEADY_SECONDS });
      const { p50, p97_5, p99 } = result.latency;
      rows.push([name, Math.round(result.requests.average), p50, p97_5, p99, result.non2xx + result.errors]);
    } finally {
      await server.stop();
    }
  }
  return rows;
}

import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';
import { startRedis } from '../servers/redis.mjs';
import { describeRatios, median, table } from './report.mjs';
import { startApi } from './started-server.mjs';
import { driveMeasured } from './wrk.mjs';

const ROUNDS = 8;
const SECONDS = 4;
const FIRST_TRIES = 30_000_000;
const WINDOW_MS = 300_000;
const RETRIES_PER_MINUTE = 1_000_000;

/**
 * Recommendations for jobs that name their dependency, whose first tries are reported, and whose tenant has a limit, so that
 * breaker, budget and limits are asked each time; beside a server that asks none. Alternating rounds; in process, and with
 * what they are told by and tell other processes through a Redis.
 */
export async function measureFleetCost(wrk) {
  // One for each: on one Redis they would be two processes of one fleet.
  const redises = await Promise.all([startRedis(), startRedis()]);
  try {
    const alone = await compare(wrk, 'in process', [{}, {}]);
    const settings = redises.map(({ address }) => ({ RETRY_REDIS_ADDR: address }));
    const shared = await compare(wrk, 'through Redis', settings);
    const columns = ['budgets', 'connections', 'req/s', 'without', 'share', 'CPU µs', 'without', 'share', 'failed'];
    return table(columns, [...alone, ...shared]);
  } finally {
    await Promise.all(redises.map((redis) => redis.stop()));
  }
}

async function compare(wrk, name, [env, envOfUnchecked]) {
  const preload = pathToFileURL(join(ROOT, 'tools/bench/without-fleet.mjs')).href;
  const checked = await startApi({ env });
  const unchecked = await startApi({ env: envOfUnchecked, preload });
  try {
    await limitTenants(checked);
    const rows = [];
    for (const connections of [16, 64]) {
      const rounds = [];
      for (let round = 0; round <= ROUNDS; round++) {
        await reportFirstTries(checked);
        const pair = {};
        // Each goes first as often as the other: whatever else the machine does drifts.
        const order = [
          ['on', checked],
          ['off', unchecked],
        ];
        for (const [side, server] of round % 2 === 0 ? order : order.reverse())
          pair[side] = await measure(wrk, server, connections);
        if (round > 0) rounds.push(pair);
      }
      rows.push([name, ...summarise(connections, rounds)]);
    }
    return rows;
  } finally {
    await checked.stop();
    await unchecked.stop();
  }
}

/** More than are asked for: what is measured is asking. */
const limitTenants = ({ baseUrl }) =>
  send(`${baseUrl}/guardrails`, 'PUT', { tenant_limits: [{ tenant: '*', retries_per_minute: RETRIES_PER_MINUTE }] });

/** So many that the budget has room for every retry: what is measured is asking it. */
async function reportFirstTries({ baseUrl }) {
  const nowMs = Date.now();
  const counts = {
    job_type: 'email_send',
    dependency: 'smtp',
    succeeded: FIRST_TRIES,
    failed: 0,
    window_start: new Date(nowMs - WINDOW_MS).toISOString(),
    window_end: new Date(nowMs).toISOString(),
  };
  await send(`${baseUrl}/attempt/counts`, 'POST', { counts: [counts] });
}

async function send(url, method, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} was refused: ${await response.text()}`);
}

function measure(wrk, server, connections) {
  const script = join(ROOT, 'tools/bench/recommendation.lua');
  const options = { path: '/recommendation', script, scriptArguments: ['smtp'], connections, seconds: SECONDS };
  return driveMeasured(wrk, server, options);
}

function summarise(connections, rounds) {
  const of = (side, field) => Math.round(median(rounds.map((round) => round[side][field]))).toLocaleString('en');
  return [
    connections,
    of('on', 'requestsPerSecond'),
    of('off', 'requestsPerSecond'),
    describeRatios(rounds.map(({ on, off }) => on.requestsPerSecond / off.requestsPerSecond)),
    of('on', 'cpuMicroseconds'),
    of('off', 'cpuMicroseconds'),
    describeRatios(rounds.map(({ on, off }) => off.cpuMicroseconds / on.cpuMicroseconds)),
    rounds.reduce((sum, { on, off }) => sum + on.failures + off.failures, 0),
  ];
}

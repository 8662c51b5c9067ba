import { join } from 'node:path';
import pg from 'pg';
import { bootstrap, ROOT } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, median, table, writeReport } from './report.mjs';

// `npm run bench:ingest`: durable attempts over HTTP beside raw inserts into the same table, in the same run.
// Short and many: what else the machine does comes and goes, and has to meet each of them alike.
const ROUNDS = 9;
const SECONDS = 3;
const CONNECTIONS = 64;
const ROWS_PER_TRANSACTION = 64;

bootstrap();
build('.');
const machine = describeMachine();
const { startApi, startEcho } = await import('./started-server.mjs');
const { drive, findWrk } = await import('./wrk.mjs');
const { startEmbeddedPostgres } = await import('../../libs/storage/dist/embedded/index.js');

const INSERT = `
INSERT INTO attempts (at_ms, recorded_at_ms, attempt_number, sample_rate, delay_ms, success, is_retry, job_type,
  followed_class, queue, tenant, job_id, details, link, recommendation_id, write_id)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::double precision[], $5::double precision[],
  $6::boolean[], $7::boolean[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::json[], $14::json[],
  $15::text[], $16::bigint[])`;

const api = await startApi();
// A second user of the server that the API has started: the same process, folder and settings.
const shared = await startEmbeddedPostgres({ dataDir: api.dataDir });
const echo = await startEcho();
const rounds = { http: [], batch: [], echo: [], raw1: [], raw2: [] };
let lost;
try {
  const wrk = findWrk();
  process.env.BENCH_RECOMMENDATION_ID = await askForRecommendation();
  for (let round = 0; round <= ROUNDS; round++) {
    const post = (url, script) =>
      drive(wrk, { url, script: join(ROOT, 'tools/bench', script), connections: CONNECTIONS, seconds: SECONDS });
    process.env.BENCH_LABEL = `single-${round}`;
    const http = await post(`${api.baseUrl}/attempt`, 'attempt.lua');
    process.env.BENCH_LABEL = `batch-${round}`;
    const batch = await post(`${api.baseUrl}/attempt/batch`, 'attempt-batch.lua');
    const bare = await post(`${echo.baseUrl}/echo`, 'attempt.lua');
    const raw1 = await insertRaw(1, `raw1-${round}`);
    const raw2 = await insertRaw(2, `raw2-${round}`);
    if (round > 0) {
      rounds.http.push(http);
      rounds.batch.push({ ...batch, requestsPerSecond: batch.requestsPerSecond * ROWS_PER_TRANSACTION });
      rounds.echo.push(bare);
      rounds.raw1.push(raw1);
      rounds.raw2.push(raw2);
    }
  }
  lost = await compareAcknowledgedWithStored();
} finally {
  await echo.stop();
  await shared.stop();
  await api.stop();
}

const rawBest = rounds.raw1.map((rate, i) => Math.max(rate, rounds.raw2[i]));
const shareOf = (measured, whole) => {
  const ratios = measured.map((rate, i) => rate / whole[i]);
  return `**${percent(median(ratios))}** (${percent(Math.min(...ratios))}–${percent(Math.max(...ratios))})`;
};
const rates = (driven) => driven.map((round) => round.requestsPerSecond);
const describe = (what, driven) => [
  what,
  whole(median(rates(driven))),
  describeRange(rates(driven)),
  `${median(driven.map((r) => r.p50Ms)).toFixed(2)} / ${median(driven.map((r) => r.p99Ms)).toFixed(2)}`,
  driven.reduce((sum, r) => sum + r.failures, 0),
];
writeReport('ingest', {
  title: 'Durable attempts',
  machine,
  sections: [
    `\`npm run bench:ingest\`: attempts over ${CONNECTIONS} connections (wrk, one thread), each request answered when all of it is durable, beside raw inserts of ${ROWS_PER_TRANSACTION}-row transactions (\`unnest\`, prepared) into the same table, columns and indexes of the same embedded Postgres (fsync on), and beside a bare NestJS-on-Fastify echo of the same single report, which stores nothing: the ceiling of one attempt a request. ${ROUNDS} alternating rounds of ${SECONDS} s after one to warm up; medians. The API also checks for duplicates and keeps the roll-ups. Wanted: at least 50 % of the better raw rate of each round.`,
    table(
      ['what', 'attempts/s', 'range', 'p50 / p99 ms of a request', 'failed'],
      [
        describe('POST /attempt, one a request', rounds.http),
        describe(`POST /attempt/batch, ${ROWS_PER_TRANSACTION} a request`, rounds.batch),
        describe('bare echo of one report', rounds.echo),
        ['raw inserts, 1 connection', whole(median(rounds.raw1)), describeRange(rounds.raw1), '', ''],
        ['raw inserts, 2 connections', whole(median(rounds.raw2)), describeRange(rounds.raw2), '', ''],
      ],
    ),
    `Shares: batches of the better raw rate ${shareOf(rates(rounds.batch), rawBest)}; single reports of the better raw rate ${shareOf(rates(rounds.http), rawBest)}, of the echo ${shareOf(rates(rounds.http), rates(rounds.echo))}.`,
    lost,
  ],
});

function percent(ratio) {
  return `${Math.round(100 * ratio)} %`;
}

function whole(n) {
  return Math.round(n).toLocaleString('en');
}

function describeRange(values) {
  return `${whole(Math.min(...values))}–${whole(Math.max(...values))}`;
}

async function askForRecommendation() {
  const response = await fetch(`${api.baseUrl}/recommendation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      job_type: 'email_send',
      error_class: 'timeout',
      attempt_number: 2,
      queue: 'default',
      tenant: 'customer_a',
    }),
  });
  return (await response.json()).recommendation_id;
}

/** Rows per second of `connections` clients, each with one transaction under way. */
async function insertRaw(connections, label) {
  const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString: shared.url }));
  await Promise.all(clients.map((client) => client.connect()));
  const endsAtMs = Date.now() + SECONDS * 1_000;
  let rows = 0;
  await Promise.all(
    clients.map(async (client, c) => {
      for (let batch = 0; Date.now() < endsAtMs; batch++) {
        await client.query({ name: 'raw', text: INSERT, values: columnsOf(`${label}-${c}-${batch}`) });
        rows += ROWS_PER_TRANSACTION;
      }
    }),
  );
  await Promise.all(clients.map((client) => client.end()));
  return rows / SECONDS;
}

function columnsOf(label) {
  const nowMs = Date.now();
  const link = '{"source":"recommendation","errorClass":"timeout","failedAttemptNumber":2,"delayMs":4100}';
  const fill = (value) => new Array(ROWS_PER_TRANSACTION).fill(value);
  return [
    ...[nowMs, nowMs, 3, 1, 4_100, true, true, 'email_send', 'timeout', 'default', 'customer_a'].map(fill),
    Array.from({ length: ROWS_PER_TRANSACTION }, (_, i) => `raw_${label}_${i}`),
    fill('{"payloadSize":1024,"actualDelayMs":4100}'),
    fill(link),
    fill(process.env.BENCH_RECOMMENDATION_ID),
    fill(nowMs),
  ];
}

/** A figure for attempts that were acknowledged and are not there would be worth nothing. */
async function compareAcknowledgedWithStored() {
  const metrics = await (await fetch(`${api.baseUrl}/metrics`)).text();
  const acknowledged = metrics
    .split('\n')
    .filter((line) => line.startsWith('smart_retry_attempts_total') && line.includes('status="recorded"'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  const client = new pg.Client({ connectionString: shared.url });
  await client.connect();
  const { rows } = await client.query(`SELECT count(*)::integer AS stored FROM attempts WHERE job_id LIKE 'task\\_%'`);
  await client.end();
  return `Acknowledged: ${whole(acknowledged)}; stored: ${whole(rows[0].stored)}.`;
}

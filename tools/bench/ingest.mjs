import { join } from 'node:path';
import pg from 'pg';
import { bootstrap, ROOT } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, median, table, writeReport } from './report.mjs';

// `npm run bench:ingest`: durable attempts over HTTP beside raw inserts into the same table, in the same run.
const ROUNDS = 5;
const SECONDS = 8;
const CONNECTIONS = 64;
const ROWS_PER_TRANSACTION = 64;

bootstrap();
build('.');
const machine = describeMachine();
const { startApi } = await import('./started-server.mjs');
const { drive, findWrk } = await import('./wrk.mjs');
const { startEmbeddedPostgres } = await import('../../libs/storage/dist/embedded/index.js');

const INSERT = `
INSERT INTO attempts (at_ms, recorded_at_ms, attempt_number, sample_rate, delay_ms, success, is_retry, job_type,
  followed_class, queue, tenant, job_id, details, link)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::double precision[], $5::double precision[],
  $6::boolean[], $7::boolean[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::json[], $14::json[])`;

const api = await startApi();
// A second user of the server that the API has started: the same process, folder and settings.
const shared = await startEmbeddedPostgres({ dataDir: api.dataDir });
const rounds = { http: [], raw1: [], raw2: [] };
let lost;
try {
  const wrk = findWrk();
  process.env.BENCH_RECOMMENDATION_ID = await askForRecommendation();
  for (let round = 0; round <= ROUNDS; round++) {
    process.env.BENCH_LABEL = `r${round}`;
    const http = await drive(wrk, {
      url: `${api.baseUrl}/attempt`,
      script: join(ROOT, 'tools/bench/attempt.lua'),
      connections: CONNECTIONS,
      seconds: SECONDS,
    });
    const raw1 = await insertRaw(1, `raw1-${round}`);
    const raw2 = await insertRaw(2, `raw2-${round}`);
    if (round > 0) {
      rounds.http.push(http);
      rounds.raw1.push(raw1);
      rounds.raw2.push(raw2);
    }
  }
  lost = await compareAcknowledgedWithStored();
} finally {
  await shared.stop();
  await api.stop();
}

const rawBest = rounds.raw1.map((rate, i) => Math.max(rate, rounds.raw2[i]));
const ratios = rounds.http.map((http, i) => http.requestsPerSecond / rawBest[i]);
const percent = (ratio) => `${Math.round(100 * ratio)} %`;
const whole = (n) => Math.round(n).toLocaleString('en');
writeReport('ingest', {
  title: 'Durable attempts',
  machine,
  sections: [
    `\`npm run bench:ingest\`: POST /attempt with one attempt each over ${CONNECTIONS} connections (wrk, one thread), answered when durable, beside raw inserts of ${ROWS_PER_TRANSACTION}-row transactions (\`unnest\`, prepared) into the same table and indexes of the same embedded Postgres (fsync on). ${ROUNDS} alternating rounds of ${SECONDS} s after one to warm up; medians. The API also checks for duplicates and keeps the roll-ups. Wanted: at least 50 % of the better raw rate of each round.`,
    table(
      ['what', 'attempts/s', 'range', 'p50 / p99 ms', 'failed'],
      [
        [
          'POST /attempt',
          whole(median(rounds.http.map((r) => r.requestsPerSecond))),
          describeRange(rounds.http.map((r) => r.requestsPerSecond)),
          `${median(rounds.http.map((r) => r.p50Ms)).toFixed(2)} / ${median(rounds.http.map((r) => r.p99Ms)).toFixed(2)}`,
          rounds.http.reduce((sum, r) => sum + r.failures, 0),
        ],
        ['raw inserts, 1 connection', whole(median(rounds.raw1)), describeRange(rounds.raw1), '', ''],
        ['raw inserts, 2 connections', whole(median(rounds.raw2)), describeRange(rounds.raw2), '', ''],
      ],
    ),
    `POST /attempt as a share of the better raw rate: **${percent(median(ratios))}** (${percent(Math.min(...ratios))}–${percent(Math.max(...ratios))}).`,
    lost,
  ],
});

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

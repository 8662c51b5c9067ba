import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, median, table, writeReport } from './report.mjs';

// `npm run bench:history`: recording one attempt, learning on, where there is little history and where there is much.
const ROUNDS = 12;
const BATCHES_PER_ROUND = 5;
const BATCH = 64;
const SIZES = [1_000, 1_000_000];
const DAYS = 5;
const DAY_MS = 86_400_000;

bootstrap();
build('libs/storage');
build('libs/engine');
const machine = describeMachine();
const { createSmartRetry } = await import('../../libs/engine/dist/index.js');
const { startEmbeddedPostgres } = await import('../../libs/storage/dist/embedded/index.js');
const { MemoryFailureCounters } = await import('../../libs/storage/dist/memory/index.js');
const { openPostgres } = await import('../../libs/storage/dist/postgres/index.js');
const { createTaughtTraffic } = await import('./taught-traffic.mjs');
const { fillHistory } = await import('./fill-history.mjs');

const dataDir = await mkdtemp(join(tmpdir(), 'smart-retry-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir });
const services = [];
try {
  for (const size of SIZES) services.push(await openService(size));
  const kinds = { 'with its recommendation id': followedAdvice, 'with its job id alone': unadvised };
  const samples = new Map();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [kind, reportOf] of Object.entries(kinds)) {
      for (const service of services) {
        const microseconds = await timeRecording(service, `${kind}-${round}`, reportOf);
        const key = `${kind}/${service.size}`;
        // The first warms up.
        if (round > 0) samples.set(key, [...(samples.get(key) ?? []), microseconds]);
      }
    }
  }
  report(Object.keys(kinds), samples);
} finally {
  for (const service of services) await service.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function openService(size) {
  const url = new URL(postgres.url);
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE history_${size}`);
  await admin.end();
  url.pathname = `/history_${size}`;
  const stores = openPostgres({ url: url.href });
  await stores.migrate();
  await makeDays(stores.attempts);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await fillHistory(client, { attempts: size, days: DAYS });
  await client.end();
  const smartRetry = createSmartRetry({
    stores: { ...stores, failureCounters: new MemoryFailureCounters() },
    onError: (error) => console.error(error),
  });
  const startedAtMs = Date.now();
  await smartRetry.start();
  while (!smartRetry.learning.isWarm) await sleep(20);
  const warmMs = Date.now() - startedAtMs;
  const close = async () => {
    await smartRetry.close();
    await stores.close();
  };
  return { size, smartRetry, warmMs, cells: smartRetry.learning.memory.size, close };
}

/** One attempt on each day, so that its tables are there. */
async function makeDays(attempts) {
  for (let day = 0; day < DAYS; day++) {
    const timestampMs = Date.now() - day * DAY_MS;
    const report = { jobId: `day-${day}`, jobType: 'day', attemptNumber: 1, success: true, timestampMs };
    await attempts.record([
      { report, isRetry: false, sampleRate: 1, recordedAtMs: timestampMs, aggregationIntervalMs: 60_000 },
    ]);
  }
}

async function timeRecording({ smartRetry }, label, reportOf) {
  const traffic = createTaughtTraffic();
  const batches = Array.from({ length: BATCHES_PER_ROUND }, (_, batch) =>
    Array.from({ length: BATCH }, (_, i) => reportOf(smartRetry, traffic, `${label}-${batch}-${i}`)),
  );
  await smartRetry.audit.flush();
  const startedAt = process.hrtime.bigint();
  for (const batch of batches) await smartRetry.attempts.record(batch);
  return Number(process.hrtime.bigint() - startedAt) / 1_000 / (BATCHES_PER_ROUND * BATCH);
}

function followedAdvice({ recommender }, traffic, jobId) {
  const failure = { ...traffic.nextFailure(), jobId };
  const { recommendation, recommendationId } = recommender.recommend(failure);
  return { ...unadvised(undefined, traffic, jobId, failure), actualDelayMs: recommendation.delayMs, recommendationId };
}

function unadvised(_smartRetry, traffic, jobId, failure = traffic.nextFailure()) {
  const { jobType, tenant, queue, attemptNumber } = failure;
  const success = traffic.nextOutcome().success;
  return {
    ...{ jobId, jobType, tenant, queue, attemptNumber: attemptNumber + 1, success, timestampMs: Date.now() },
    ...(success ? {} : { errorClass: 'timeout', errorCode: '504' }),
  };
}

function report(kinds, samples) {
  const [few, many] = SIZES.map((size) => size.toLocaleString('en'));
  const rows = kinds.map((kind) => {
    const [atFew, atMany] = SIZES.map((size) => samples.get(`${kind}/${size}`));
    const ratios = atMany.map((value, i) => value / atFew[i]);
    const describe = (values) => `${median(values).toFixed(0)} (${spread(values, 0)})`;
    return [kind, describe(atFew), describe(atMany), `**${median(ratios).toFixed(2)}** (${spread(ratios, 2)})`];
  });
  writeReport('history', {
    title: 'Recording an attempt, little history and much',
    machine,
    sections: [
      `\`npm run bench:history\`: the engine with learning on, on two databases of the same embedded Postgres (fsync on), one with ${few} attempts at the beginning, one with ${many}, spread over ${DAYS} days. Each round records ${BATCHES_PER_ROUND} batches of ${BATCH} attempts in each, one batch at a time, and waits until they are durable and learned; ${ROUNDS} alternating rounds after one to warm up. µs an attempt, medians with their range; ratios round by round. Wanted: the same.`,
      table(['a report', `µs at ${few}`, `µs at ${many}`, 'ratio'], rows),
      `To learn the history at start took ${services.map(({ size, warmMs, cells }) => `${(warmMs / 1_000).toFixed(1)} s for ${size.toLocaleString('en')} attempts (${cells.toLocaleString('en')} cells)`).join(', ')}.`,
    ],
  });
}

function spread(values, digits) {
  return `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;
}

import pg from 'pg';
import { DEFAULT_STRATEGY } from '../../libs/domain/dist/index.js';
import { createSmartRetry } from '../../libs/engine/dist/index.js';
import { openPostgres } from '../../libs/storage/dist/postgres/index.js';
import { startPostgres } from '../servers/postgres.mjs';
import { describeMachine, table, writeReport } from './report.mjs';

// `npm run bench:storage`: what an attempt and a decision take on disk. Sizes, not times: it may run beside anything.
const JOBS = 50_000;
const BATCH = 1_000;
const TABLES = ['attempts', 'attempt_keys_current', 'attempt_rollups', 'decisions'];

const machine = describeMachine();
const server = await startPostgres();
const stores = openPostgres({ url: server.url, statementTimeoutMs: 60_000 });
await stores.migrate();
const memory = { ...stores, failureCounters: { add: async () => new Map() } };
const engine = createSmartRetry({ stores: memory, declared: { file: null, environment: {} } });
await engine.start();
for (let from = 0; from < JOBS; from += BATCH) await recordBatch(from);
await engine.audit.flush();
const rows = await measure();
await engine.close();
await stores.close();
await server.stop();
writeReport('storage', {
  title: 'What is kept, on disk',
  machine,
  sections: [
    `\`npm run bench:storage\`: ${JOBS.toLocaleString('en-US')} jobs of 50 types and 20 tenants, each with one recommendation and one report ` +
      `of the retry that followed, by the engine with its defaults (retention ${DEFAULT_STRATEGY.dataCollection.retentionDays} days); sizes with indexes, after VACUUM.`,
    table(['table', 'rows', 'MB', 'bytes a row', 'bytes a job'], rows),
  ],
});

async function recordBatch(from) {
  const reports = Array.from({ length: BATCH }, (_, i) => {
    const job = {
      jobId: `job-${from + i}`,
      jobType: `type-${(from + i) % 50}`,
      tenant: `tenant-${i % 20}`,
      queue: 'default',
    };
    const { recommendation } = engine.recommender.recommend({
      ...job,
      errorClass: 'timeout',
      errorCode: '503',
      attemptNumber: 1,
    });
    const { delayMs } = recommendation;
    return { ...job, attemptNumber: 2, success: i % 3 > 0, errorClass: 'timeout', delayMs, timestampMs: Date.now() };
  });
  await engine.attempts.record(reports);
  await engine.audit.flush();
}

async function measure() {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('VACUUM ANALYZE');
  const found = [];
  for (const name of TABLES) {
    const { rows: sizes } = await client.query(
      `SELECT count(*)::int AS rows, (SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('${name}'))::bigint AS tree,
        pg_total_relation_size('${name}') AS alone FROM ${name}`,
    );
    const bytes = Number(sizes[0].tree ?? sizes[0].alone);
    found.push([
      name,
      sizes[0].rows,
      (bytes / 1e6).toFixed(1),
      Math.round(bytes / Math.max(1, sizes[0].rows)),
      Math.round(bytes / JOBS),
    ]);
  }
  await client.end();
  const perJob = found.reduce((sum, row) => sum + row[4], 0);
  return [...found, ['in all', '', '', '', perJob]];
}

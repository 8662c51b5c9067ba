import pg from 'pg';
import { openPostgres } from '../../libs/storage/dist/postgres/index.js';
import { identityOf } from './observations.mjs';

/** What the database holds after a run, of all runs or, by the names of its jobs, of this one; read by the drill itself. */
export async function readBooks(cluster, { seed }) {
  const { url } = cluster.postgres;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    if (cluster.switchedOff === 'ledger') {
      await client.query(
        `SET session_replication_role = replica; UPDATE change_ledger SET actor = 'x' WHERE sequence = 2`,
      );
    }
    // One moment for all of it: an answer that nobody waits for any more may still be worked on.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const query = async (text, values) => (await client.query(text, values)).rows;
    const attempts = await query('SELECT job_id, attempt_number::int, success FROM attempts WHERE job_id LIKE $1', [
      `${seed}-%`,
    ]);
    const stored = new Map();
    for (const row of attempts) stored.set(identityOf(row), (stored.get(identityOf(row)) ?? 0) + 1);
    const [{ retries }] = await query('SELECT count(*)::int AS retries FROM attempts WHERE is_retry');
    const [{ retries: rolledUpRetries }] = await query(
      'SELECT coalesce(sum(successful_retries + failed_retries), 0)::int AS retries FROM attempt_rollups',
    );
    const decisions = await query('SELECT recommendation_id FROM decisions');
    const models = await query('SELECT version, length(artifact)::int AS bytes FROM models');
    const changes = await query('SELECT reason FROM change_ledger WHERE reason LIKE $1', [`drill ${seed},%`]);
    const knownModels = (cluster.knownModels ??= new Set());
    const newModels = models.filter(({ version }) => !knownModels.has(version));
    for (const { version } of newModels) knownModels.add(version);
    return {
      stored,
      models: newModels,
      changes: changes.map(({ reason }) => reason),
      retries,
      rolledUpRetries,
      decisionIds: new Set(decisions.map((row) => row.recommendation_id)),
      ledger: await verifyLedger(url),
    };
  } finally {
    await client.end();
  }
}

async function verifyLedger(url) {
  const stores = openPostgres({ url });
  try {
    return await stores.ledger.verify();
  } finally {
    await stores.close();
  }
}

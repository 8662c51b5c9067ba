import pg from 'pg';
import { openPostgres } from '../../libs/storage/dist/postgres/index.js';
import { identityOf } from './observations.mjs';

/** What the database holds after a run, read by the drill itself. Cheats forge it first. */
export async function readBooks(url, { cheats }) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    if (cheats.audit === true) await client.query(`DELETE FROM decisions WHERE decided_at_ms % 2 = 0`);
    if (cheats.ledger === true) {
      await client.query(
        `SET session_replication_role = replica; UPDATE change_ledger SET actor = 'x' WHERE sequence = 2`,
      );
    }
    const attempts = await client.query('SELECT job_id, attempt_number::int, success, is_retry FROM attempts');
    const stored = new Map();
    for (const row of attempts.rows) {
      const identity = identityOf(row);
      stored.set(identity, (stored.get(identity) ?? 0) + 1);
    }
    const decisions = await client.query('SELECT recommendation_id FROM decisions');
    const rolledUp = await client.query(
      'SELECT coalesce(sum(successful_retries + failed_retries), 0)::int AS retries FROM attempt_rollups',
    );
    const models = await client.query('SELECT version, length(artifact)::int AS bytes FROM models');
    return {
      stored,
      models: models.rows,
      retries: attempts.rows.filter((row) => row.is_retry).length,
      rolledUpRetries: rolledUp.rows[0].retries,
      decisionIds: new Set(decisions.rows.map((row) => row.recommendation_id)),
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

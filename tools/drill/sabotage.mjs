import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const FORGET_INTERVAL_MS = 10;

/** For controls: switches off in Postgres what keeps acknowledged attempts, or what knows them again, until `stop`. */
export async function startSabotage(cluster) {
  if (cluster.switchedOff === 'lost') await query(cluster, acknowledgeUnwritten);
  let isStopped = false;
  const forgetting = cluster.switchedOff === 'twice' ? forgetKeys(cluster, () => isStopped) : Promise.resolve();
  return {
    async stop() {
      isStopped = true;
      await forgetting;
    },
  };
}

/** Commits are answered before they are written, in every session from now on; a crash then takes the last ten seconds. */
async function acknowledgeUnwritten(client) {
  const { rows } = await client.query('SELECT current_database() AS name');
  await client.query(`ALTER DATABASE ${client.escapeIdentifier(rows[0].name)} SET synchronous_commit = off`);
  await client.query(`ALTER SYSTEM SET wal_writer_delay = '10s'`);
  await client.query('SELECT pg_reload_conf()');
  await client.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
}

async function forgetKeys(cluster, isStopped) {
  while (!isStopped()) {
    // Postgres is away now and then.
    await query(cluster, async (client) => {
      while (!isStopped()) {
        await client.query('DELETE FROM attempt_keys_current');
        await sleep(FORGET_INTERVAL_MS);
      }
    }).catch(() => sleep(100));
  }
}

async function query(cluster, work) {
  const client = new pg.Client({ connectionString: cluster.postgres.url });
  // Else the end of a connection ends the process.
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

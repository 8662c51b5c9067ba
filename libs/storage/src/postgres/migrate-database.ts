import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { InitialSchema1764000000000 } from './migrations/initial-schema-1764000000000.js';

/** Any constant will do; it must only be the same in every replica. */
const MIGRATION_LOCK = 7_203_114;

/** Brings the schema up to date. Of several replicas that start at once one does the work; the others wait, and find it done. */
export async function migrateDatabase({
  url,
  connectionTimeoutMs,
}: {
  readonly url: string;
  readonly connectionTimeoutMs: number;
}): Promise<void> {
  const lockHolder = new Client({ connectionString: url, connectionTimeoutMillis: connectionTimeoutMs });
  // A connection that breaks makes the statement in flight fail; without a listener it would end the process as well.
  lockHolder.on('error', () => undefined);
  await lockHolder.connect();
  try {
    await lockHolder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runMigrations({ url, connectionTimeoutMs });
  } finally {
    // Closing the session releases the lock.
    await lockHolder.end().catch(() => undefined);
  }
}

async function runMigrations(options: { readonly url: string; readonly connectionTimeoutMs: number }): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    connectTimeoutMS: options.connectionTimeoutMs,
    poolSize: 1,
    poolErrorHandler: () => undefined,
    migrations: [InitialSchema1764000000000],
  });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await dataSource.destroy();
  }
}

import { DataSource } from 'typeorm';
import { handOverTables } from './hand-over-tables.js';
import { CanaryJudgements1764710000000 } from './migrations/canary-judgements-1764710000000.js';
import { DecisionIndexes1764730000000 } from './migrations/decision-indexes-1764730000000.js';
import { ChangeLedger1764600000000 } from './migrations/change-ledger-1764600000000.js';
import { ApiKeys1764620000000 } from './migrations/api-keys-1764620000000.js';
import { InitialSchema1764000000000 } from './migrations/initial-schema-1764000000000.js';
import { DecisionRecords1764760000000 } from './migrations/decision-records-1764760000000.js';
import { KeyPredecessors1764750000000 } from './migrations/key-predecessors-1764750000000.js';
import { ModelRegistry1764500000000 } from './migrations/model-registry-1764500000000.js';
import { OutcomeHistory1764300000000 } from './migrations/outcome-history-1764300000000.js';
import { TrainingJobs1764700000000 } from './migrations/training-jobs-1764700000000.js';
import { Replicas1764630000000 } from './migrations/replicas-1764630000000.js';
import { runOnOwnConnection } from './run-on-own-connection.js';
import { TrackedSockets } from './tracked-sockets.js';

/** Any constant will do; it must only be the same in every replica. */
const MIGRATION_LOCK = 7_203_114;
/** Statements of a migration have no timeout of their own; a server that falls silent must not hold us for ever. */
const MIGRATION_TIMEOUT_MS = 10 * 60_000;

interface MigrationOptions {
  /** Of the role that the stores are used with. */
  readonly url: string;
  /** Of the role that owns the schema; default: the same. */
  readonly migrationUrl?: string | undefined;
  readonly connectionTimeoutMs: number;
}

/** Brings the schema up to date. Of several replicas that start at once one does the work; the others wait, and find it done. */
export async function migrateDatabase(options: MigrationOptions): Promise<void> {
  const connection = {
    connectionString: options.migrationUrl ?? options.url,
    connectionTimeoutMillis: options.connectionTimeoutMs,
    timeoutMs: MIGRATION_TIMEOUT_MS,
  };
  await runOnOwnConnection(connection, async (lockHolder) => {
    // Closing the connection releases the lock.
    await lockHolder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runMigrations(options);
    await lockHolder.query(ADOPT_ROWS_OF_ANOTHER_SERVER);
    if (options.migrationUrl !== undefined) await handOverTables(lockHolder, options);
  });
}

/**
 * Rows restored from a dump carry the transactions of the server they were written on. Those that this server has not
 * come to yet would be taken for new ones when it does; under transaction 0 they are what they are: there from the
 * beginning. Nearly always there are none, and without a sequential scan that is found out at once.
 */
const ADOPT_ROWS_OF_ANOTHER_SERVER = `
SET enable_seqscan = off;
UPDATE attempts SET recorded_in = 0 WHERE recorded_in >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint`;

async function runMigrations({ url, migrationUrl, connectionTimeoutMs }: MigrationOptions): Promise<void> {
  const sockets = new TrackedSockets();
  const dataSource = new DataSource({
    type: 'postgres',
    url: migrationUrl ?? url,
    extra: { max: 1, connectionTimeoutMillis: connectionTimeoutMs, stream: sockets.create },
    poolErrorHandler: () => undefined,
    migrations: [
      InitialSchema1764000000000,
      OutcomeHistory1764300000000,
      ModelRegistry1764500000000,
      ChangeLedger1764600000000,
      ApiKeys1764620000000,
      TrainingJobs1764700000000,
      CanaryJudgements1764710000000,
      DecisionIndexes1764730000000,
      Replicas1764630000000,
      KeyPredecessors1764750000000,
      DecisionRecords1764760000000,
    ],
  });
  await sockets.limit(async () => {
    await dataSource.initialize();
    try {
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await dataSource.destroy();
    }
  }, MIGRATION_TIMEOUT_MS);
}

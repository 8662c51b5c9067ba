import type { AttemptStore, ConfigurationStore, DecisionStore, SigningKeyStore } from '@smart-retry/domain';
import { Pool } from 'pg';
import { ConfigurationSession } from './configuration-session.js';
import { CONFIGURATION_POOL_SIZE, driverOptions, type PostgresOptions } from './connection-options.js';
import { Database } from './database.js';
import { ConfigurationRevision, KeptResponseEntity, SigningKey } from './entities.js';
import { PostgresAttemptStore } from './postgres-attempt-store.js';
import { PostgresConfigurationStore } from './postgres-configuration-store.js';
import { PostgresDecisionStore } from './postgres-decision-store.js';
import { PostgresSigningKeyStore } from './postgres-signing-key-store.js';

/** Every port that needs durability. Each method throws STORE_UNAVAILABLE while the database does not answer. */
export interface PostgresStores {
  readonly configuration: ConfigurationStore;
  readonly attempts: AttemptStore;
  readonly decisions: DecisionStore;
  readonly signingKeys: SigningKeyStore;
  /** Cheap enough for a probe every second. @throws {STORE_UNAVAILABLE} */
  check(): Promise<void>;
  /** Brings the schema up to date now rather than before the first use. @throws {STORE_UNAVAILABLE} */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** Connects to nothing yet: the database may be down now, and is found when it is there. */
export function openPostgres(options: PostgresOptions): PostgresStores {
  const driver = driverOptions(options);
  const pool = new Pool({ ...driver, max: options.poolSize ?? 8 });
  // A connection that breaks while idle has left the pool already; whoever needs one next sees whether that matters.
  pool.on('error', () => undefined);
  const database = new Database({
    pool,
    url: options.url,
    connectionTimeoutMs: driver.connectionTimeoutMillis,
    operationTimeoutMs: driver.connectionTimeoutMillis + driver.query_timeout,
  });
  const session = new ConfigurationSession(database, {
    type: 'postgres',
    url: options.url,
    extra: { ...driver, max: CONFIGURATION_POOL_SIZE },
    poolErrorHandler: () => undefined,
    entities: [ConfigurationRevision, KeptResponseEntity, SigningKey],
  });
  return {
    configuration: new PostgresConfigurationStore(session),
    attempts: new PostgresAttemptStore(database),
    decisions: new PostgresDecisionStore(database),
    signingKeys: new PostgresSigningKeyStore(session),
    check: () => database.check(),
    migrate: () => database.migrate(),
    close: async () => {
      await Promise.all([session.close(), pool.end()]);
    },
  };
}

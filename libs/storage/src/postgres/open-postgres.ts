import type {
  ApiKeyStore,
  AttemptStore,
  ChangeLedger,
  ConfigurationStore,
  DecisionStore,
  ModelRegistry,
  OutcomeHistory,
  ReplicaRegistry,
  SigningKeyStore,
} from '@smart-retry/domain';
import { ConfigurationSession } from './configuration-session.js';
import { driverOptions, type PostgresOptions } from './connection-options.js';
import { Database } from './database.js';
import { PostgresApiKeyStore } from './postgres-api-key-store.js';
import { PostgresAttemptStore } from './postgres-attempt-store.js';
import { PostgresChangeLedger } from './postgres-change-ledger.js';
import { PostgresConfigurationStore } from './postgres-configuration-store.js';
import { PostgresDecisionStore } from './postgres-decision-store.js';
import { PostgresModelRegistry } from './postgres-model-registry.js';
import { PostgresOutcomeHistory } from './postgres-outcome-history.js';
import { PostgresReplicaRegistry } from './postgres-replica-registry.js';
import { PostgresSigningKeyStore } from './postgres-signing-key-store.js';
import { RenewablePool } from './renewable-pool.js';

/** Every port that needs durability. Each method throws STORE_UNAVAILABLE while the database does not answer. */
export interface PostgresStores {
  readonly configuration: ConfigurationStore;
  readonly ledger: ChangeLedger;
  readonly attempts: AttemptStore;
  readonly outcomes: OutcomeHistory;
  readonly decisions: DecisionStore;
  readonly models: ModelRegistry;
  readonly signingKeys: SigningKeyStore;
  readonly apiKeys: ApiKeyStore;
  readonly replicas: ReplicaRegistry;
  /** Cheap enough for a probe every second. @throws {STORE_UNAVAILABLE} */
  check(): Promise<void>;
  /** Brings the schema up to date now rather than before the first use. @throws {STORE_UNAVAILABLE} */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** Connects to nothing yet: the database may be down now, and is found when it is there. */
export function openPostgres(options: PostgresOptions): PostgresStores {
  const driver = driverOptions(options);
  const operationTimeoutMs = driver.connectionTimeoutMillis + driver.query_timeout;
  const database = new Database({
    pool: new RenewablePool({ ...driver, max: options.poolSize ?? 8 }, operationTimeoutMs),
    url: options.url,
    migrationUrl: options.migrationUrl,
    connectionTimeoutMs: driver.connectionTimeoutMillis,
    operationTimeoutMs,
  });
  const session = new ConfigurationSession(database, driver);
  return {
    configuration: new PostgresConfigurationStore(session),
    ledger: new PostgresChangeLedger(session, database),
    attempts: new PostgresAttemptStore(database),
    outcomes: new PostgresOutcomeHistory(database),
    decisions: new PostgresDecisionStore(database),
    models: new PostgresModelRegistry(session),
    signingKeys: new PostgresSigningKeyStore(session),
    apiKeys: new PostgresApiKeyStore(database),
    replicas: new PostgresReplicaRegistry(database),
    check: () => database.check(),
    migrate: () => database.migrate(),
    close: async () => {
      await Promise.all([session.close(), database.close()]);
    },
  };
}

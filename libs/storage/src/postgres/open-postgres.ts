import type {
  ApiKeyStore,
  AttemptStore,
  CanaryJudgements,
  ChangeLedger,
  ConfigurationStore,
  DecisionStore,
  ModelRegistry,
  OutcomeHistory,
  ReplicaRegistry,
  SigningKeyStore,
  SubjectArchive,
  TrialHistory,
  TeachingHistory,
  TrainingJobs,
} from '@smart-retry/domain';
import { ConfigurationSession } from './configuration-session.js';
import { driverOptions, type PostgresOptions } from './connection-options.js';
import { Database } from './database.js';
import { migrateDatabase } from './migrate-database.js';
import { PostgresApiKeyStore } from './postgres-api-key-store.js';
import { PostgresAttemptStore } from './postgres-attempt-store.js';
import { PostgresCanaryJudgements } from './postgres-canary-judgements.js';
import { PostgresChangeLedger } from './postgres-change-ledger.js';
import { PostgresConfigurationStore } from './postgres-configuration-store.js';
import { PostgresDecisionStore } from './postgres-decision-store.js';
import { PostgresModelRegistry } from './postgres-model-registry.js';
import { PostgresOutcomeHistory } from './postgres-outcome-history.js';
import { PostgresReplicaRegistry } from './postgres-replica-registry.js';
import { PostgresSigningKeyStore } from './postgres-signing-key-store.js';
import { PostgresSubjectArchive } from './postgres-subject-archive.js';
import { PostgresTrialHistory } from './postgres-trial-history.js';
import { PostgresTeachingHistory } from './postgres-teaching-history.js';
import { PostgresTrainingJobs } from './postgres-training-jobs.js';
import { RenewablePool } from './renewable-pool.js';

const HISTORY_POOL_SIZE = 2;

/** Every port that needs durability. Each method throws STORE_UNAVAILABLE while the database does not answer. */
export interface PostgresStores {
  readonly configuration: ConfigurationStore;
  readonly ledger: ChangeLedger;
  readonly attempts: AttemptStore;
  readonly outcomes: OutcomeHistory;
  readonly decisions: DecisionStore;
  readonly subjects: SubjectArchive;
  readonly models: ModelRegistry;
  readonly trials: TrialHistory;
  readonly judgements: CanaryJudgements;
  readonly signingKeys: SigningKeyStore;
  readonly apiKeys: ApiKeyStore;
  readonly trainingJobs: TrainingJobs;
  readonly teaching: TeachingHistory;
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
  const ensureMigrated = onceSuccessful(() =>
    migrateDatabase({
      url: options.url,
      migrationUrl: options.migrationUrl,
      connectionTimeoutMs: driver.connectionTimeoutMillis,
    }),
  );
  const open = (poolSize: number) =>
    new Database({
      pool: new RenewablePool({ ...driver, max: poolSize }, operationTimeoutMs),
      ensureMigrated,
      url: options.url,
      connectionTimeoutMs: driver.connectionTimeoutMillis,
      operationTimeoutMs,
    });
  const database = open(options.poolSize ?? 8);
  // A long read of the past that fails says nothing of a short write that somebody waits for: it has its own breaker.
  const history = open(HISTORY_POOL_SIZE);
  const session = new ConfigurationSession(database, driver);
  return {
    configuration: new PostgresConfigurationStore(session),
    ledger: new PostgresChangeLedger(session, database),
    attempts: new PostgresAttemptStore(database),
    outcomes: new PostgresOutcomeHistory(history),
    decisions: new PostgresDecisionStore(database),
    subjects: new PostgresSubjectArchive(database),
    models: new PostgresModelRegistry(session),
    trials: new PostgresTrialHistory(database),
    judgements: new PostgresCanaryJudgements(database),
    signingKeys: new PostgresSigningKeyStore(session),
    apiKeys: new PostgresApiKeyStore(session, database),
    trainingJobs: new PostgresTrainingJobs(database),
    teaching: new PostgresTeachingHistory(database),
    replicas: new PostgresReplicaRegistry(database),
    check: () => database.check(),
    migrate: () => database.migrate(),
    close: async () => {
      await Promise.all([session.close(), database.close(), history.close()]);
    },
  };
}

/** Runs an operation until it has succeeded once; whoever asks while it runs waits for the same one. */
function onceSuccessful(operation: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= operation().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}

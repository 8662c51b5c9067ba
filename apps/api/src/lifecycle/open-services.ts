import { join } from 'node:path';
import type { Clock } from '@smart-retry/domain';
import { createSmartRetry, repeat, type SmartRetry } from '@smart-retry/engine';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { LastKnownKeysFile } from '../keys/last-known-keys-file.js';
import { LiveKeys } from '../keys/live-keys.js';
import { randomReplicaId, Replicas } from '../replicas/replicas.js';
import { ApiMetrics } from '../ops/api-metrics.js';
import { createBackgroundFailureLog } from './background-failures.js';
import { enforceRetention } from './enforce-retention.js';
import { createErasureWatch } from './forget-erased.js';
import { LastKnownConfigurationFile } from './last-known-configuration-file.js';
import { openStores, type Stores } from './open-stores.js';

const DEFAULT_MAX_STALE_MS = 60_000;
const RETENTION_INTERVAL_MS = 3_600_000;
const RETENTION_RETRY_MS = 60_000;
/** How long other processes may go on knowing what one has erased. */
const ERASURE_WATCH_INTERVAL_MS = 2_000;
const LAST_KNOWN_FILE = 'last-known-configuration.json';
const LAST_KNOWN_KEYS_FILE = 'last-known-keys.json';

/** The engine on its stores, running. */
export interface Services {
  readonly stores: Stores;
  readonly engine: SmartRetry;
  readonly metrics: ApiMetrics;
  readonly keys: LiveKeys;
  readonly replicas: Replicas;
  /** Writes what is still in memory, then lets go of every store. */
  close(): Promise<void>;
}

/** Puts the engine on its stores and starts what runs in the background. @throws as `openStores` */
export async function openServices(config: Config, logger: Logger, clock: Clock): Promise<Services> {
  const stores = await openStores(config, logger);
  const logFailure = createBackgroundFailureLog(logger, clock);
  let areStoresOpen = true;
  // What is still under way when the stores close would only say that they did.
  const onError = (error: unknown) => {
    if (areStoresOpen) logFailure(error);
  };
  const metrics = new ApiMetrics();
  const engine = createSmartRetry({
    stores,
    declared: config.declared,
    lastKnown: new LastKnownConfigurationFile(join(config.dataDir, LAST_KNOWN_FILE)),
    isEnabled: config.enabled,
    ...maxStaleOf(config),
    cache: { maxEntries: config.cacheEnabled ? config.cacheMaxEntries : 0, ttlMs: config.cacheTtlMs },
    clock,
    onError,
    onAttemptBatch: (attempts) => metrics.observeBatch(attempts),
  });
  metrics.observe(engine, stores.probes);
  const keys = new LiveKeys({
    store: stores.apiKeys,
    adminKey: config.adminKey,
    lastKnown: new LastKnownKeysFile(join(config.dataDir, LAST_KNOWN_KEYS_FILE)),
    clock,
    onError,
  });
  await Promise.all([engine.start(), keys.start()]);
  const replicas = new Replicas({
    registry: stores.replicas,
    id: config.replicaName ?? randomReplicaId(),
    revision: () => engine.configuration.current().revision,
    clock,
    onError,
  });
  replicas.start();
  metrics.nameReplica(replicas.name);
  const retain = () => enforceRetention(engine.configuration, stores, clock);
  const stopRetention = repeat(retain, {
    intervalMs: RETENTION_INTERVAL_MS,
    firstMs: 0,
    retryMs: RETENTION_RETRY_MS,
    onError,
  });
  const stopWatch = repeat(createErasureWatch(stores.ledger, engine.learning), {
    intervalMs: ERASURE_WATCH_INTERVAL_MS,
    // What is erased before the first look is taken for never learned.
    firstMs: 0,
    onError,
  });
  return {
    stores,
    engine,
    metrics,
    keys,
    replicas,
    close: async () => {
      stopRetention();
      stopWatch();
      await Promise.all([engine.close(), keys.stop(), replicas.stop()]);
      areStoresOpen = false;
      await stores.close();
    },
  };
}

/**
 * How long a process retries by a configuration that nobody confirms. With the embedded Postgres the store lives and dies
 * with the process: who could have pressed a stop could have done it here, so there is no such bound unless it is wanted.
 */
function maxStaleOf({ maxStaleMs, databaseUrl }: Config): { readonly maxStaleMs?: number } {
  if (maxStaleMs !== undefined) return { maxStaleMs };
  return databaseUrl === undefined ? {} : { maxStaleMs: DEFAULT_MAX_STALE_MS };
}

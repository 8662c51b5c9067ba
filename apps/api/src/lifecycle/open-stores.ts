import { setTimeout as sleep } from 'node:timers/promises';
import {
  SmartRetryError,
  type ConfigurationChannel,
  type ConfigurationMirror,
  type FailureCounters,
  type FleetLedger,
} from '@smart-retry/domain';
import { startEmbeddedPostgres } from '@smart-retry/storage/embedded';
import { MemoryFailureCounters } from '@smart-retry/storage/memory';
import { openPostgres, type PostgresStores } from '@smart-retry/storage/postgres';
import { openRedis } from '@smart-retry/storage/redis';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { StoreProbe } from '../ops/store-probe.js';

/** A database that is away is known to be so at once; another process may take as long to bring the schema up to date. */
const SCHEMA_PATIENCE_MS = 15_000;

/** Every port of the engine, on what the configuration names. */
export interface Stores extends Omit<PostgresStores, 'teaching' | 'check' | 'migrate'> {
  readonly failureCounters: FailureCounters;
  /** Absent where this is the only process. */
  readonly channel?: ConfigurationChannel;
  readonly mirror?: ConfigurationMirror;
  /** Absent where this is the only process. */
  readonly fleetLedger?: FleetLedger;
  readonly probes: readonly StoreProbe[];
}

/**
 * Opens the stores. Servers that are named may be away: they are found when they are there.
 * @throws {INVALID_CONFIGURATION} @throws {STORE_UNAVAILABLE} when the embedded Postgres cannot run.
 */
export async function openStores(config: Config, logger: Logger): Promise<Stores> {
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, log: (message) => logger.info(message) })
      : null;
  const postgres = openPostgres({
    url: embedded?.url ?? config.databaseUrl ?? '',
    migrationUrl: config.migrationDatabaseUrl,
  });
  try {
    await bringUpToDate(postgres);
  } catch (error) {
    await postgres.close();
    await embedded?.stop();
    throw error;
  }
  const redis = config.redisAddr === undefined ? null : await connectRedis(config, config.redisAddr, logger);
  return {
    ...postgres,
    failureCounters: redis?.failureCounters ?? new MemoryFailureCounters(),
    ...(redis && { channel: redis.channel, mirror: redis.mirror, fleetLedger: redis.fleetLedger }),
    probes: [
      { store: 'postgres', check: () => postgres.check() },
      ...(redis === null ? [] : [{ store: 'redis', check: () => redis.check() }]),
    ],
    close: async () => {
      await Promise.all([postgres.close(), redis?.close()]);
      await embedded?.stop();
    },
  };
}

/**
 * Not under the patience of the first query: on a busy machine that one would give up, and the store count as away.
 * @throws {INVALID_CONFIGURATION} for what will not be right by itself.
 */
async function bringUpToDate(postgres: Pick<PostgresStores, 'migrate'>): Promise<void> {
  const migrated = postgres.migrate().catch((error: unknown) => {
    if (error instanceof SmartRetryError && error.code === 'INVALID_CONFIGURATION') throw error;
  });
  // What comes later is told to whoever asks by then.
  migrated.catch(() => undefined);
  await Promise.race([migrated, sleep(SCHEMA_PATIENCE_MS, undefined, { ref: false })]);
}

function connectRedis(config: Config, addr: string, logger: Logger) {
  return openRedis({
    addr,
    db: config.redisDb,
    keyPrefix: config.redisKeyPrefix,
    ...(config.redisPassword !== undefined && { password: config.redisPassword }),
    onConnectionChange: (state) => {
      if (state === 'lost') logger.warn('Redis is away; counters stay in the process until it is back');
      else logger.info('Redis is connected');
    },
  });
}

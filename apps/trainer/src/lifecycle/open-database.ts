import { setTimeout as sleep } from 'node:timers/promises';
import { SmartRetryError } from '@smart-retry/domain';
import { startEmbeddedPostgres } from '@smart-retry/storage/embedded';
import { openPostgres, type PostgresStores } from '@smart-retry/storage/postgres';
import type { Logger } from 'pino';
import type { TrainerConfig } from '../config.js';

const RETRY_INTERVAL_MS = 1_000;

export interface OpenDatabase {
  readonly url: string;
  readonly stores: PostgresStores;
  close(): Promise<void>;
}

/** The same database as the API's: the one that is named, else a share in the embedded one. Waits until it answers. */
export async function openDatabase(config: TrainerConfig, logger: Logger, signal: AbortSignal): Promise<OpenDatabase> {
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, log: (message) => logger.info(message) })
      : null;
  const url = embedded?.url ?? config.databaseUrl ?? '';
  const stores = openPostgres({ url, migrationUrl: config.migrationDatabaseUrl, poolSize: 4 });
  const close = async () => {
    await stores.close();
    await embedded?.stop();
  };
  try {
    await untilMigrated(stores, logger, signal);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, stores, close };
}

async function untilMigrated(stores: PostgresStores, logger: Logger, signal: AbortSignal): Promise<void> {
  let isSaid = false;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await stores.migrate();
    } catch (error) {
      if (!(error instanceof SmartRetryError && error.kind === 'unavailable')) throw error;
      if (!isSaid) logger.warn({ code: error.code }, 'waiting for the database');
      isSaid = true;
      await sleep(RETRY_INTERVAL_MS, undefined, { signal });
    }
  }
}

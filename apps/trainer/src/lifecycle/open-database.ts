import { startEmbeddedPostgres } from '@smart-retry/storage/embedded';
import { openPostgres, type PostgresStores } from '@smart-retry/storage/postgres';
import type { Logger } from 'pino';
import type { TrainerConfig } from '../config.js';
import { untilAvailable } from './until-available.js';

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
    await untilAvailable(() => stores.migrate(), { logger, signal });
  } catch (error) {
    await close();
    throw error;
  }
  return { url, stores, close };
}

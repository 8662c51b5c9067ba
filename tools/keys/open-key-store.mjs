import { startEmbeddedPostgres } from '../../libs/storage/dist/embedded/index.js';
import { openPostgres } from '../../libs/storage/dist/postgres/index.js';

/** The store that an API with this configuration has its keys in; a running embedded Postgres is shared. */
export async function openKeyStore({ databaseUrl, migrationDatabaseUrl, dataDir }) {
  const embedded = databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir }) : null;
  const postgres = openPostgres({ url: embedded?.url ?? databaseUrl, migrationUrl: migrationDatabaseUrl });
  return {
    store: postgres.apiKeys,
    ledger: postgres.ledger,
    close: async () => {
      await postgres.close();
      await embedded?.stop();
    },
  };
}

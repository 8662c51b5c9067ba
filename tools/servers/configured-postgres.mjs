import { loadConfig } from '../../apps/api/dist/config.js';
import { startEmbeddedPostgres } from '../../libs/storage/dist/embedded/index.js';
import { openPostgres } from '../../libs/storage/dist/postgres/index.js';

/**
 * The stores that the API's own settings name: a given database, or a share in the embedded one, whether it runs or not.
 * It needs the built `apps/api`.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export async function openConfiguredPostgres(env) {
  const loaded = await loadConfig(env);
  if ('problems' in loaded) {
    throw new Error(loaded.problems.map(({ path, message }) => `${path} ${message}`).join('; '));
  }
  const { databaseUrl, migrationDatabaseUrl: migrationUrl, dataDir } = loaded.config;
  const embedded = databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir }) : null;
  const stores = openPostgres({ url: embedded?.url ?? databaseUrl, migrationUrl });
  return {
    stores,
    async close() {
      await stores.close();
      await embedded?.stop();
    },
  };
}

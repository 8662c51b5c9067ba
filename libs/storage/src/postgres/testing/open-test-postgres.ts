import type { Opened } from '../../contract/opened.js';
import type { PostgresStores } from '../open-postgres.js';
import { openPatiently } from './open-patiently.js';
import { createTestDatabase } from './create-test-database.js';

/** Stores on a database of their own, which is dropped when they are closed. */
export async function openTestPostgres(): Promise<Opened<PostgresStores> & { readonly url: string }> {
  const database = await createTestDatabase();
  const stores = openPatiently({ url: database.url });
  await stores.migrate();
  return {
    ...stores,
    url: database.url,
    close: async () => {
      await stores.close();
      await database.drop();
    },
  };
}

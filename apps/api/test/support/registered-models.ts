import { handMadeModel, type HandMadeOptions } from '@smart-retry/engine/testing';
import type { PostgresStores } from '@smart-retry/storage/postgres';
import { createTestDatabase, openPatiently, type TestDatabase } from '@smart-retry/storage/testing';

/** A database with the registry in it, into which a test puts models as a trainer would. */
export interface RegisteredModels {
  readonly database: TestDatabase;
  readonly stores: PostgresStores;
  register(options: HandMadeOptions): Promise<void>;
  close(): Promise<void>;
}

export async function openRegistry(): Promise<RegisteredModels> {
  const database = await createTestDatabase();
  const stores = openPatiently({ url: database.url });
  await stores.migrate();
  return {
    database,
    stores,
    register: async (options) => {
      const { description, artifact } = handMadeModel(options);
      await stores.models.register(description, artifact);
    },
    close: async () => {
      await stores.close();
      await database.drop();
    },
  };
}

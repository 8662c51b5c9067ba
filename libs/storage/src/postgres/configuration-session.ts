import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { classifyPostgresFailure } from './classify-postgres-failure.js';
import type { Database } from './database.js';

/** TypeORM for the tables that are small and rarely touched: connected when first needed, and anew after a failure. */
export class ConfigurationSession {
  readonly #database: Database;
  readonly #options: DataSourceOptions;
  #opening: Promise<DataSource> | undefined;

  constructor(database: Database, options: DataSourceOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** @throws {STORE_UNAVAILABLE} */
  async run<T>(operation: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.#database.run(async () => {
      try {
        return await operation((await this.#open()).manager);
      } catch (error) {
        // TypeORM hands a connection back to its pool even while a statement that was given up still runs on it.
        if (classifyPostgresFailure(error) === 'unreachable') void this.close();
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.then((dataSource) => dataSource.destroy()).catch(() => undefined);
  }

  #open(): Promise<DataSource> {
    this.#opening ??= new DataSource(this.#options).initialize().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }
}

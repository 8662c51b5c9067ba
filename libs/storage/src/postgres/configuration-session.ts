import { DataSource, type EntityManager } from 'typeorm';
import { classifyPostgresFailure } from './classify-postgres-failure.js';
import type { driverOptions } from './connection-options.js';
import type { Database } from './database.js';
import { ConfigurationRevision, KeptResponseEntity, SigningKey } from './entities.js';
import { TrackedSockets } from './tracked-sockets.js';

const POOL_SIZE = 2;

interface OpenSession {
  readonly dataSource: DataSource;
  readonly sockets: TrackedSockets;
}

/** TypeORM for the tables that are small and rarely touched: connected when first needed, and anew after a failure. */
export class ConfigurationSession {
  readonly #database: Database;
  readonly #driver: ReturnType<typeof driverOptions>;
  #opening: Promise<OpenSession> | undefined;

  constructor(database: Database, driver: ReturnType<typeof driverOptions>) {
    this.#database = database;
    this.#driver = driver;
  }

  /** @throws {STORE_UNAVAILABLE} */
  async run<T>(operation: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.#database.run(async () => {
      this.#opening ??= this.#open();
      const opening = this.#opening;
      try {
        return await operation((await opening).dataSource.manager);
      } catch (error) {
        // TypeORM hands a connection back to its pool even while a statement that was given up still runs on it.
        if (classifyPostgresFailure(error) === 'unreachable') void this.#leave(opening);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    if (this.#opening !== undefined) await this.#leave(this.#opening);
  }

  async #open(): Promise<OpenSession> {
    const sockets = new TrackedSockets();
    const dataSource = new DataSource({
      type: 'postgres',
      url: this.#driver.connectionString,
      extra: { ...this.#driver, max: POOL_SIZE, stream: sockets.create },
      poolErrorHandler: () => undefined,
      entities: [ConfigurationRevision, KeptResponseEntity, SigningKey],
    });
    await dataSource.initialize();
    return { dataSource, sockets };
  }

  async #leave(opening: Promise<OpenSession>): Promise<void> {
    if (this.#opening === opening) this.#opening = undefined;
    const session = await opening.catch(() => undefined);
    if (session?.dataSource.isInitialized !== true) return;
    await session.sockets.end(session.dataSource.destroy(), this.#driver.query_timeout);
  }
}

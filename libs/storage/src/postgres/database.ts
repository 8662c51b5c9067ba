import { SmartRetryError } from '@smart-retry/domain';
import type { ClientBase, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { StoreBreaker } from '../store-breaker.js';
import { classifyPostgresFailure, errorCodeOf } from './classify-postgres-failure.js';
import type { CopyOfRows } from './copy-in.js';
import type { RenewablePool } from './renewable-pool.js';
import { runOnOwnConnection } from './run-on-own-connection.js';

export interface DatabaseOptions {
  readonly pool: RenewablePool;
  /** Brings the schema up to date; awaited before each use, so that it has to remember that it has. */
  readonly ensureMigrated: () => Promise<void>;
  readonly url: string;
  readonly connectionTimeoutMs: number;
  /** After this long any operation but maintenance is given up. */
  readonly operationTimeoutMs: number;
}

const MAINTENANCE_TIMEOUT_MS = 10 * 60_000;
/** Dropping locks a whole table for a moment; rather give up than make writers queue behind a long reader. */
const MAINTENANCE_LOCK_TIMEOUT_MS = 1_000;
/** Deadlock and serialization failure: the server undid the statement, and a second try finds the other one gone. */
const WORTH_REPEATING = new Set(['40P01', '40001']);

/** The one door to the database: migrated before the first use, behind a breaker, every failure translated. */
export class Database {
  readonly #pool: RenewablePool;
  readonly #options: DatabaseOptions;
  readonly #breaker: StoreBreaker;

  constructor(options: DatabaseOptions) {
    this.#pool = options.pool;
    this.#options = options;
    this.#breaker = new StoreBreaker({
      store: 'the database',
      timeoutMs: options.operationTimeoutMs,
      classify: classifyPostgresFailure,
    });
  }

  /** @throws {STORE_UNAVAILABLE} */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    return this.#breaker.run(async () => {
      await this.#ensureUsable();
      return operation();
    });
  }

  /** For work that takes long and that nobody waits for, on a connection of its own. @throws {STORE_UNAVAILABLE} */
  async runMaintenance<T>(operation: (client: ClientBase) => Promise<T>): Promise<T> {
    const connection = {
      connectionString: this.#options.url,
      connectionTimeoutMillis: this.#options.connectionTimeoutMs,
      lock_timeout: MAINTENANCE_LOCK_TIMEOUT_MS,
      timeoutMs: MAINTENANCE_TIMEOUT_MS,
    };
    return this.#breaker.run(
      async () => {
        await this.#ensureUsable();
        return runOnOwnConnection(connection, operation);
      },
      { timeoutMs: MAINTENANCE_TIMEOUT_MS },
    );
  }

  /** Runs one statement, once more when it lost a conflict. @throws {STORE_UNAVAILABLE} */
  async query<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>> {
    return this.run(() => this.queryOnce<Row>(statement));
  }

  /** As `query`, for use inside `run`. */
  async queryOnce<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>> {
    return onceMoreAfterConflict(() => this.#queryPool<Row>(statement));
  }

  /** Copies rows into a table, all or none; for use inside `run`. */
  async copyOnce(copy: CopyOfRows): Promise<void> {
    await onceMoreAfterConflict(() => this.#use((pool) => pool.copyIn(copy)));
  }

  /** Whether the database answers, and can be used. @throws {STORE_UNAVAILABLE} */
  async check(): Promise<void> {
    await this.run(() => this.#queryPool({ text: 'SELECT 1' }));
  }

  /** @throws {STORE_UNAVAILABLE} @throws {INVALID_CONFIGURATION} */
  async migrate(): Promise<void> {
    await this.#breaker.run(() => this.#options.ensureMigrated(), { timeoutMs: MAINTENANCE_TIMEOUT_MS });
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** What is wrong with the settings is no fault of whoever asks. */
  async #ensureUsable(): Promise<void> {
    try {
      await this.#options.ensureMigrated();
    } catch (error) {
      if (!(error instanceof SmartRetryError) || error.code !== 'INVALID_CONFIGURATION') throw error;
      throw new SmartRetryError('STORE_UNAVAILABLE', error.message, { cause: error });
    }
  }

  #queryPool<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>> {
    return this.#use((pool) => pool.query<Row>(statement));
  }

  async #use<T>(operation: (pool: RenewablePool) => Promise<T>): Promise<T> {
    const generation = this.#pool.generation;
    try {
      return await operation(this.#pool);
    } catch (error) {
      // Else the idle connections, dead as well, would cost one timeout each.
      if (classifyPostgresFailure(error) === 'unreachable') this.#pool.renew(generation);
      throw error;
    }
  }
}

async function onceMoreAfterConflict<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!WORTH_REPEATING.has(errorCodeOf(error))) throw error;
    return operation();
  }
}

import { Pool, type PoolConfig, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { CopyIn, type CopyOfRows } from './copy-in.js';
import { TrackedSockets } from './tracked-sockets.js';

/** A pool that can be exchanged for a new one: when a server has been silent, every connection to it may be dead. */
export class RenewablePool {
  readonly #config: PoolConfig;
  readonly #graceMs: number;
  #current: { readonly pool: Pool; readonly sockets: TrackedSockets };

  /** @param graceMs How long statements in flight may take to end when their pool is given up. */
  constructor(config: PoolConfig, graceMs: number) {
    this.#config = config;
    this.#graceMs = graceMs;
    this.#current = openPool(config);
  }

  /** Names the pool now in use, for `renew`. */
  get generation(): object {
    return this.#current;
  }

  query<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>> {
    return this.#current.pool.query<Row>(statement);
  }

  /** Copies rows into a table, all or none. */
  async copyIn(copy: CopyOfRows): Promise<void> {
    const client = await this.#current.pool.connect();
    // A connection that breaks fails the copy; without a listener it would end the process as well.
    client.on('error', ignore);
    let failure: Error | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        client.query(new CopyIn(copy, (error) => (error instanceof Error ? reject(error) : resolve())));
      });
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      client.removeListener('error', ignore);
      client.release(failure);
    }
  }

  /** Leaves the pool of that generation; does nothing when somebody else has done so already. */
  renew(generation: object): void {
    if (generation !== this.#current) return;
    void this.close();
    this.#current = openPool(this.#config);
  }

  async close(): Promise<void> {
    const { pool, sockets } = this.#current;
    await sockets.end(pool.end(), this.#graceMs);
  }
}

function ignore(): void {
  return;
}

function openPool(config: PoolConfig) {
  const sockets = new TrackedSockets();
  const pool = new Pool({ ...config, stream: sockets.create });
  // A connection that breaks while idle has left the pool already; whoever needs one next sees whether that matters.
  pool.on('error', () => undefined);
  return { pool, sockets };
}

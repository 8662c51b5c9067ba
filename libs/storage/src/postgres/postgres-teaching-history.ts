import type { TaughtRetry, TeachingHistory, TeachingWindow } from '@smart-retry/domain';
import type { Database } from './database.js';
import { COUNT_TEACHING, FETCH_TEACHING, OPEN_TEACHING_CURSOR } from './teaching-sql.js';
import { toTaughtRetry, type TeachingRow } from './to-taught-retry.js';

/** Rows in memory at once, besides what the reader keeps. */
const PAGE_ROWS = 2_000;

/** Reads by cursor, on a connection of its own: however much there is, a page at a time is held. */
export class PostgresTeachingHistory implements TeachingHistory {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async count({ fromMs, toMs }: TeachingWindow): ReturnType<TeachingHistory['count']> {
    return this.#database.runMaintenance(async (client) => {
      const { rows } = await client.query<{ retries: string; successes: string }>(COUNT_TEACHING, [fromMs, toMs]);
      return { retries: Number(rows[0]?.retries ?? 0), successes: Number(rows[0]?.successes ?? 0) };
    });
  }

  async read(
    { fromMs, toMs }: TeachingWindow,
    { jobShare, signal }: Parameters<TeachingHistory['read']>[1],
    onPage: (rows: readonly TaughtRetry[]) => void | Promise<void>,
  ): Promise<void> {
    await this.#database.runMaintenance(async (client) => {
      // One snapshot: what is recorded meanwhile is not half read.
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(OPEN_TEACHING_CURSOR, [fromMs, toMs, jobShare]);
      for (;;) {
        signal?.throwIfAborted();
        const { rows } = await client.query<TeachingRow>(FETCH_TEACHING(PAGE_ROWS));
        if (rows.length === 0) break;
        await onPage(rows.map(toTaughtRetry));
      }
      await client.query('COMMIT');
    });
  }
}

import type { EpochMs } from '@smart-retry/domain';
import type { ClientBase } from 'pg';
import type { Database } from './database.js';
import { DAY_MS, hasDayEnded, startOfUtcDayMs } from '../utc-days.js';

export type PartitionedTable = 'attempts' | 'attempt_rollups' | 'decisions';

const STORAGE: Partial<Record<PartitionedTable, string>> = {
  /** Updated in place all the time: room in each page lets that happen without touching the index. */
  attempt_rollups: 'WITH (fillfactor = 70)',
  /** Rows of up to half a page stay as they are: from a quarter on they would be compressed, at twice the price of the rest. */
  decisions: 'WITH (toast_tuple_target = 4080)',
};

const PARTITION_LOCK = 7_203_115;

/** The daily partitions of some tables: made when first needed, a day ahead of the clock, and dropped when they are old. */
export class DayPartitions {
  readonly #database: Database;
  readonly #tables: readonly PartitionedTable[];
  readonly #known = new Set<EpochMs>();

  constructor(database: Database, tables: readonly PartitionedTable[]) {
    this.#database = database;
    this.#tables = tables;
  }

  /** For use inside `Database.run`. Makes the partitions for these times, and for the day after each, so that midnight comes to a prepared table. */
  async ensure(times: readonly EpochMs[]): Promise<void> {
    for (const dayMs of new Set(times.map(startOfUtcDayMs))) {
      await this.#ensureDay(dayMs);
      await this.#ensureDay(dayMs + DAY_MS);
    }
  }

  /** Another process has dropped partitions that were known here. */
  forget(): void {
    this.#known.clear();
  }

  /** Drops the days that ended before `beforeMs`; answers how many of them held anything. */
  async dropBefore(beforeMs: EpochMs, client: ClientBase): Promise<number> {
    this.forget();
    const daysWithRows = new Set<EpochMs>();
    for (const table of this.#tables) {
      for (const dayMs of await listDays(table, client)) {
        if (!hasDayEnded(dayMs, beforeMs)) continue;
        const partition = partitionName(table, dayMs);
        const { rowCount } = await client.query(`SELECT FROM ${partition} LIMIT 1`);
        if (rowCount === 1) daysWithRows.add(dayMs);
        await client.query(`DROP TABLE ${partition}`);
      }
    }
    return daysWithRows.size;
  }

  async #ensureDay(dayMs: EpochMs): Promise<void> {
    if (this.#known.has(dayMs)) return;
    await this.#database.queryOnce({ text: this.#tables.map((table) => createPartition(table, dayMs)).join(';') });
    this.#known.add(dayMs);
  }
}

async function listDays(table: PartitionedTable, client: ClientBase): Promise<readonly EpochMs[]> {
  const { rows } = await client.query<{ day: string }>(
    `SELECT right(inhrelid::regclass::text, 8) AS day FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY day`,
    [table],
  );
  return rows.map(({ day }) => dayOfPartition(day));
}

/** @param day the end of a partition's name: `YYYYMMDD` */
export function dayOfPartition(day: string): EpochMs {
  return Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
}

export function partitionName(table: PartitionedTable, dayMs: EpochMs): string {
  return `${table}_${new Date(dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/**
 * Attaching, unlike CREATE TABLE … PARTITION OF, lets writers of other days go on. The lock makes one of several
 * processes do it; its transaction ends with the block, so a partition that exists is attached. The catalog is read by a
 * query, because to_regclass may answer from a cache that is older than the lock.
 */
function createPartition(table: PartitionedTable, dayMs: EpochMs): string {
  const partition = partitionName(table, dayMs);
  const returnIfThere = `IF EXISTS (SELECT FROM pg_class WHERE oid IN (
    SELECT inhrelid FROM pg_inherits WHERE inhparent = '${table}'::regclass) AND relname = '${partition}') THEN RETURN; END IF;`;
  return `DO $$ BEGIN
    ${returnIfThere}
    PERFORM pg_advisory_xact_lock(${PARTITION_LOCK});
    ${returnIfThere}
    CREATE TABLE ${partition} (LIKE ${table} INCLUDING CONSTRAINTS) ${STORAGE[table] ?? ''};
    ALTER TABLE ${table} ATTACH PARTITION ${partition} FOR VALUES FROM (${dayMs}) TO (${dayMs + DAY_MS});
  END $$`;
}

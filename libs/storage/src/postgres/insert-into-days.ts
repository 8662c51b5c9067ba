import type { EpochMs } from '@smart-retry/domain';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { errorCodeOf } from './classify-postgres-failure.js';
import type { Database } from './database.js';
import type { DayPartitions } from './day-partitions.js';

const NO_PARTITION_FOR_ROW = '23514';
/** One drop takes the tables of a day one after the other, and each may come between. */
const MAX_TRIES = 4;

/** Runs an insert after its partitions have been made, again when another process has dropped one in between. */
export async function insertIntoDays<Row extends QueryResultRow>(
  database: Database,
  insert: { readonly partitions: DayPartitions; readonly times: readonly EpochMs[]; readonly statement: QueryConfig },
): Promise<QueryResult<Row>> {
  return database.run(async () => {
    for (let tries = 1; ; tries++) {
      await insert.partitions.ensure(insert.times);
      try {
        return await database.queryOnce<Row>(insert.statement);
      } catch (error) {
        if (errorCodeOf(error) !== NO_PARTITION_FOR_ROW || tries === MAX_TRIES) throw error;
        insert.partitions.forget();
      }
    }
  });
}

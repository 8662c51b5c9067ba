import type { EpochMs } from '@smart-retry/domain';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { errorCodeOf } from './classify-postgres-failure.js';
import type { Database } from './database.js';
import type { DayPartitions } from './day-partitions.js';

const NO_PARTITION_FOR_ROW = '23514';

/** Runs an insert after its partitions have been made, once more when another process has dropped one in between. */
export async function insertIntoDays<Row extends QueryResultRow>(
  database: Database,
  insert: { readonly partitions: DayPartitions; readonly times: readonly EpochMs[]; readonly statement: QueryConfig },
): Promise<QueryResult<Row>> {
  return database.run(async () => {
    await insert.partitions.ensure(insert.times);
    try {
      return await database.queryOnce<Row>(insert.statement);
    } catch (error) {
      if (errorCodeOf(error) !== NO_PARTITION_FOR_ROW) throw error;
      insert.partitions.forget();
      await insert.partitions.ensure(insert.times);
      return database.queryOnce<Row>(insert.statement);
    }
  });
}

import type { EpochMs } from '@smart-retry/domain';
import { errorCodeOf } from './classify-postgres-failure.js';
import type { Database } from './database.js';
import type { DayPartitions } from './day-partitions.js';

const NO_PARTITION_FOR_ROW = '23514';
/** One drop takes the tables of a day one after the other, and each may come between. */
const MAX_TRIES = 4;

export interface DatedInsert<T> {
  readonly partitions: DayPartitions;
  readonly times: readonly EpochMs[];
  readonly insert: () => Promise<T>;
}

/** Runs an insert after its partitions have been made, again when another process has dropped one in between. */
export async function insertIntoDays<T>(database: Database, { partitions, times, insert }: DatedInsert<T>): Promise<T> {
  return database.run(async () => {
    for (let tries = 1; ; tries++) {
      await partitions.ensure(times);
      try {
        return await insert();
      } catch (error) {
        if (errorCodeOf(error) !== NO_PARTITION_FOR_ROW || tries === MAX_TRIES) throw error;
        partitions.forget();
      }
    }
  });
}

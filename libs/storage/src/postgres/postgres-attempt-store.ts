import type {
  AttemptCounts,
  AttemptRecord,
  AttemptStore,
  EpochMs,
  FailureCandidate,
  FailureCandidates,
  FailureLookup,
  KeptResponse,
  RetryStatistics,
  StatisticsQuery,
} from '@smart-retry/domain';
import { keyAlreadyKept } from '../kept-responses.js';
import { startOfUtcDayMs } from '../utc-days.js';
import { attemptKey, toAttemptColumns } from './attempt-input.js';
import type { Database } from './database.js';
import { DayPartitions } from './day-partitions.js';
import { dropOldAttemptKeys } from './drop-old-attempt-keys.js';
import { FIND_FAILURES } from './find-failures-sql.js';
import { insertIntoDays } from './insert-into-days.js';
import { RECORD_ATTEMPTS } from './record-attempts-sql.js';
import { recordCountsStatement } from './record-counts-sql.js';
import { statisticsStatement } from './statistics-sql.js';
import { toStorableJson } from './storable-json.js';

interface CandidateRow {
  readonly position: number;
  readonly list: keyof FailureCandidates;
  readonly error_class: string;
  readonly error_code: string | null;
  readonly dependency: string | null;
  readonly attempt_number: number;
  readonly delay_ms: number | null;
  readonly recommendation_id: string | null;
  readonly incident_age_ms: number | null;
  readonly hint_ms: number | null;
  readonly at_ms: EpochMs;
  readonly is_timed_by_receipt: true | null;
}

const FRESH = { duplicate: false };
const DUPLICATE = { duplicate: true };

/** Attempts in daily partitions, rolled up as they arrive. */
export class PostgresAttemptStore implements AttemptStore {
  readonly #database: Database;
  readonly #partitions: DayPartitions;

  constructor(database: Database) {
    this.#database = database;
    this.#partitions = new DayPartitions(database, ['attempts', 'attempt_rollups']);
  }

  async record(
    attempts: readonly AttemptRecord[],
    writeId?: number,
  ): Promise<readonly { readonly duplicate: boolean }[]> {
    if (attempts.length === 0) return [];
    const firstByKey = new Map<string, number>();
    attempts.forEach((attempt, i) => {
      const key = attemptKey(attempt);
      if (!firstByKey.has(key)) firstByKey.set(key, i);
    });
    const firsts = [...firstByKey.values()];
    const unique = firsts.flatMap((i) => attempts[i] ?? []);
    const statement = {
      name: 'record_attempts',
      text: RECORD_ATTEMPTS,
      values: [...toAttemptColumns(unique, [...firstByKey.keys()], writeId)],
    };
    const { rows } = await insertIntoDays(this.#database, {
      partitions: this.#partitions,
      times: unique.map(({ report }) => report.timestampMs),
      insert: () => this.#database.queryOnce<{ position: number }>(statement),
    });
    const results = attempts.map(() => DUPLICATE);
    for (const i of firsts) results[i] = FRESH;
    for (const { position } of rows) results[firsts[position - 1] ?? -1] = DUPLICATE;
    return results;
  }

  async recordCounts(counts: readonly AttemptCounts[], keep?: KeptResponse): Promise<void> {
    const { rowCount } = await this.#database.query(recordCountsStatement(counts, keep));
    if (keep !== undefined && rowCount === 0) throw keyAlreadyKept();
  }

  async statistics(query: StatisticsQuery): Promise<readonly RetryStatistics[]> {
    const { rows } = await this.#database.query<RetryStatistics & Record<string, unknown>>(statisticsStatement(query));
    return rows;
  }

  async findFailures(lookups: readonly FailureLookup[]): Promise<readonly FailureCandidates[]> {
    const { rows } = await this.#database.query<CandidateRow>({
      name: 'find_failures',
      text: FIND_FAILURES,
      values: [toStorableJson(lookups.map(toLookupInput))],
    });
    const candidates = lookups.map(() => ({
      recommendedForJob: new Array<FailureCandidate>(),
      recordedForJob: new Array<FailureCandidate>(),
      recommendedForShape: new Array<FailureCandidate>(),
    }));
    for (const row of rows) candidates[row.position]?.[row.list].push(toCandidate(row));
    return candidates;
  }

  async dropBefore(beforeMs: EpochMs): Promise<number> {
    return this.#database.runMaintenance(async (client) => {
      const days = await this.#partitions.dropBefore(beforeMs, client);
      await client.query('DELETE FROM attempt_counts WHERE window_start_ms < $1', [startOfUtcDayMs(beforeMs)]);
      await dropOldAttemptKeys(beforeMs, client);
      return days;
    });
  }
}

function toLookupInput(lookup: FailureLookup, position: number) {
  return {
    position,
    tenant: lookup.tenant,
    job_type: lookup.jobType,
    job_id: lookup.jobId,
    attempt_number: lookup.attemptNumber,
    // Advised delays are whole milliseconds; no other delay can be the one that was advised.
    delay_ms: Number.isSafeInteger(lookup.delayMs) ? lookup.delayMs : null,
    since_ms: lookup.sinceMs,
  };
}

function toCandidate(row: CandidateRow): FailureCandidate {
  return {
    errorClass: row.error_class,
    ...(row.error_code === null ? {} : { errorCode: row.error_code }),
    ...(row.dependency === null ? {} : { dependency: row.dependency }),
    attemptNumber: row.attempt_number,
    ...(row.delay_ms === null ? {} : { delayMs: row.delay_ms }),
    ...(row.recommendation_id === null ? {} : { recommendationId: row.recommendation_id }),
    ...(row.incident_age_ms === null ? {} : { incidentAgeMs: row.incident_age_ms }),
    ...(row.hint_ms === null ? {} : { hintMs: row.hint_ms }),
    atMs: row.at_ms,
    ...(row.is_timed_by_receipt === null ? {} : { isTimedByReceipt: row.is_timed_by_receipt }),
  };
}

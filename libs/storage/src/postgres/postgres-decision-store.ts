import type { DecisionQuery, DecisionRecord, DecisionStore, EpochMs } from '@smart-retry/domain';
import { formatDecisionCursor, parseDecisionCursor } from '../decision-cursor.js';
import { errorCodeOf } from './classify-postgres-failure.js';
import type { Database } from './database.js';
import { DayPartitions } from './day-partitions.js';
import { DECISION_COLUMNS, toDecisionRecord, type DecisionRow } from './decision-row.js';
import { insertIntoDays } from './insert-into-days.js';
import { RowWriter } from './row-writer.js';
import { appendMissing, copyOf, sealDecision, type SealedDecision } from './seal-decision.js';

/** Larger appends are split, so that each statement stays far from its timeout. */
const APPEND_ROWS = 500;
const UNIQUE_VIOLATION = '23505';

/** The audit trail in daily partitions. */
export class PostgresDecisionStore implements DecisionStore<SealedDecision> {
  readonly #database: Database;
  readonly #partitions: DayPartitions;
  readonly #rows = new RowWriter();

  constructor(database: Database) {
    this.#database = database;
    this.#partitions = new DayPartitions(database, ['decisions']);
  }

  seal(record: DecisionRecord): SealedDecision {
    return sealDecision(record, this.#rows);
  }

  async append(sealed: readonly SealedDecision[]): Promise<void> {
    for (let from = 0; from < sealed.length; from += APPEND_ROWS) {
      await this.#appendFew(sealed.slice(from, from + APPEND_ROWS));
    }
  }

  async #appendFew(sealed: readonly SealedDecision[]): Promise<void> {
    const database = this.#database;
    await insertIntoDays(database, {
      partitions: this.#partitions,
      times: sealed.map(({ decidedAtMs }) => decidedAtMs),
      insert: async () => {
        try {
          await database.copyOnce(copyOf(sealed));
        } catch (error) {
          if (errorCodeOf(error) !== UNIQUE_VIOLATION) throw error;
          // The answer to an earlier append of some of them was lost.
          await database.queryOnce(appendMissing(sealed));
        }
      },
    });
    this.#rows.release(sealed.map(({ row }) => row));
  }

  async find(recommendationId: string, decidedAtMs: EpochMs): Promise<DecisionRecord | null> {
    const { rows } = await this.#database.query<DecisionRow>({
      text: `SELECT ${DECISION_COLUMNS} FROM decisions WHERE decided_at_ms = $1 AND recommendation_id = $2`,
      values: [decidedAtMs, recommendationId],
    });
    return rows[0] === undefined ? null : toDecisionRecord(rows[0]);
  }

  async page(
    query: DecisionQuery,
  ): Promise<{ readonly records: readonly DecisionRecord[]; readonly nextCursor: string | null }> {
    const { rows } = await this.#database.query<DecisionRow>(pageStatement(query));
    const records = rows.slice(0, query.limit).map(toDecisionRecord);
    const last = records.at(-1);
    return {
      records,
      nextCursor: last === undefined || rows.length <= query.limit ? null : formatDecisionCursor(last),
    };
  }

  async dropBefore(beforeMs: EpochMs): Promise<number> {
    return this.#database.runMaintenance((client) => this.#partitions.dropBefore(beforeMs, client));
  }
}

function pageStatement(query: DecisionQuery): { readonly text: string; readonly values: unknown[] } {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions: string[] = [];
  if (query.tenant !== undefined) conditions.push(`tenant = ${parameter(query.tenant)}`);
  if (query.jobType !== undefined) conditions.push(`job_type = ${parameter(query.jobType)}`);
  if (query.method !== undefined) conditions.push(`method = ${parameter(query.method)}`);
  if (query.fromMs !== undefined) conditions.push(`decided_at_ms >= ${parameter(query.fromMs)}`);
  if (query.toMs !== undefined) conditions.push(`decided_at_ms < ${parameter(query.toMs)}`);
  if (query.jobId !== undefined) {
    const jobId = parameter(query.jobId);
    conditions.push(`hashtextextended(job_id, 0) = hashtextextended(${jobId}, 0) AND job_id = ${jobId}`);
  }
  if (query.cursor !== undefined) {
    const { decidedAtMs, recommendationId } = parseDecisionCursor(query.cursor);
    conditions.push(
      `(decided_at_ms, recommendation_id) < (${parameter(decidedAtMs)}::bigint, ${parameter(recommendationId)})`,
    );
  }
  // One more than asked for tells whether there is a next page.
  const text = `SELECT ${DECISION_COLUMNS} FROM decisions ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
    ORDER BY decided_at_ms DESC, recommendation_id DESC LIMIT ${parameter(query.limit + 1)}`;
  return { text, values };
}

import type { DecisionQuery, DecisionRecord, DecisionStore, EpochMs } from '@smart-retry/domain';
import { formatDecisionCursor, parseDecisionCursor } from '../decision-cursor.js';
import type { Database } from './database.js';
import { DayPartitions } from './day-partitions.js';
import { insertIntoDays } from './insert-into-days.js';
import { toStorableJson } from './storable-json.js';

/** Larger appends are split, so that each statement stays far from its timeout. */
const APPEND_ROWS = 500;

/** A decision appended twice is kept once, so that an append whose answer was lost can be repeated. */
const APPEND = `
INSERT INTO decisions (decided_at_ms, attempt_number, delay_ms, should_retry, recommendation_id, method, job_type,
  tenant, job_id, rng_seed, features, recommendation, evidence)
SELECT * FROM json_to_recordset($1) AS input (decided_at_ms bigint, attempt_number bigint, delay_ms bigint,
  should_retry boolean, recommendation_id text, method text, job_type text, tenant text, job_id text, rng_seed json,
  features json, recommendation json, evidence json)
ON CONFLICT DO NOTHING`;

const COLUMNS = 'decided_at_ms, recommendation_id, rng_seed, features, recommendation, evidence';

interface DecisionRow {
  readonly decided_at_ms: EpochMs;
  readonly recommendation_id: string;
  readonly rng_seed: DecisionRecord['rngSeed'];
  readonly features: DecisionRecord['features'];
  readonly recommendation: DecisionRecord['recommendation'];
  readonly evidence: DecisionRecord['evidence'];
}

/** A row as JSON text: a third of the memory that the record takes. */
interface SealedDecision {
  readonly decidedAtMs: EpochMs;
  readonly row: string;
}

/** The audit trail in daily partitions. */
export class PostgresDecisionStore implements DecisionStore<SealedDecision> {
  readonly #database: Database;
  readonly #partitions: DayPartitions;

  constructor(database: Database) {
    this.#database = database;
    this.#partitions = new DayPartitions(database, ['decisions']);
  }

  append(records: readonly DecisionRecord[]): Promise<void> {
    return this.appendSealed(records.map((record) => this.seal(record)));
  }

  seal(record: DecisionRecord): SealedDecision {
    return { decidedAtMs: record.decidedAtMs, row: toStorableJson(toInput(record)) };
  }

  async appendSealed(sealed: readonly SealedDecision[]): Promise<void> {
    for (let from = 0; from < sealed.length; from += APPEND_ROWS) {
      const chunk = sealed.slice(from, from + APPEND_ROWS);
      const rows = `[${chunk.map(({ row }) => row).join(',')}]`;
      await insertIntoDays(this.#database, {
        partitions: this.#partitions,
        times: chunk.map(({ decidedAtMs }) => decidedAtMs),
        statement: { name: 'append_decisions', text: APPEND, values: [rows] },
      });
    }
  }

  async find(recommendationId: string, decidedAtMs: EpochMs): Promise<DecisionRecord | null> {
    const { rows } = await this.#database.query<DecisionRow>({
      text: `SELECT ${COLUMNS} FROM decisions WHERE decided_at_ms = $1 AND recommendation_id = $2`,
      values: [decidedAtMs, recommendationId],
    });
    return rows[0] === undefined ? null : toRecord(rows[0]);
  }

  async page(
    query: DecisionQuery,
  ): Promise<{ readonly records: readonly DecisionRecord[]; readonly nextCursor: string | null }> {
    const { rows } = await this.#database.query<DecisionRow>(pageStatement(query));
    const records = rows.slice(0, query.limit).map(toRecord);
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
  const text = `SELECT ${COLUMNS} FROM decisions ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
    ORDER BY decided_at_ms DESC, recommendation_id DESC LIMIT ${parameter(query.limit + 1)}`;
  return { text, values };
}

function toInput(record: DecisionRecord) {
  const { features, recommendation } = record;
  return {
    decided_at_ms: record.decidedAtMs,
    attempt_number: features.attemptNumber,
    delay_ms: recommendation.delayMs,
    should_retry: recommendation.shouldRetry,
    recommendation_id: record.recommendationId,
    method: recommendation.method,
    job_type: features.jobType,
    tenant: features.tenant ?? '',
    job_id: features.jobId,
    rng_seed: record.rngSeed,
    features,
    recommendation,
    evidence: record.evidence,
  };
}

function toRecord(row: DecisionRow): DecisionRecord {
  return {
    recommendationId: row.recommendation_id,
    decidedAtMs: row.decided_at_ms,
    features: row.features,
    recommendation: row.recommendation,
    evidence: row.evidence,
    rngSeed: row.rng_seed,
  };
}

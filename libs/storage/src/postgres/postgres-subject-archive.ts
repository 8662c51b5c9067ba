import type { DataSubject, ErasedRecords, ErasureRequest, SubjectArchive, SubjectRecord } from '@smart-retry/domain';
import type { ClientBase, QueryResultRow } from 'pg';
import { erasureEvent } from '../erasure-event.js';
import { appendChange, type Transaction } from './append-change.js';
import type { Database } from './database.js';
import { toDecisionRecord, type DecisionRow } from './decision-row.js';
import {
  ERASE_ATTEMPTS,
  ERASE_COUNTS,
  ERASE_DECISIONS,
  ERASE_ROLLUPS,
  READ_ATTEMPTS,
  READ_COUNTS,
  READ_DECISIONS,
} from './erase-subject-sql.js';
import { keepResponse } from './keep-response.js';
import { attemptOf, countsOf, type AttemptRow, type CountsRow } from './subject-rows.js';

const PAGE_ROWS = 500;

/** What is kept of a tenant or job in every table, on a connection of its own: it takes as long as it takes. */
export class PostgresSubjectArchive implements SubjectArchive {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(subject: DataSubject, take: (record: SubjectRecord) => Promise<void>): Promise<void> {
    await this.#inTransaction('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', async (client) => {
      const values = toParameters(subject);
      await readAll<AttemptRow>(client, READ_ATTEMPTS, values, (row) => take(attemptOf(row)));
      await readAll<CountsRow>(client, READ_COUNTS, values, (row) => take(countsOf(row)));
      await readAll<DecisionRow>(client, READ_DECISIONS, values, (row) => take(decisionOf(row)));
    });
  }

  async erase(subject: DataSubject, request: ErasureRequest): Promise<ErasedRecords> {
    return this.#inTransaction('BEGIN', async (client) => {
      const values = toParameters(subject);
      const count = async (statement: string) =>
        (await client.query<{ erased: number }>(statement, values)).rows[0]?.erased ?? 0;
      const attempts = await count(ERASE_ATTEMPTS);
      const counts = await count(ERASE_COUNTS);
      const decisions = await count(ERASE_DECISIONS);
      await client.query(ERASE_ROLLUPS, values);
      const erased = { attempts, decisions, counts };
      const transaction: Transaction = {
        query: async (text, given) => (await client.query<Record<string, unknown>>(text, given)).rows,
      };
      if (request.keep !== undefined) await keepResponse(transaction, request.keep(erased));
      await appendChange(transaction, erasureEvent(subject, request, erased));
      return erased;
    });
  }

  async #inTransaction<T>(begin: string, work: (client: ClientBase) => Promise<T>): Promise<T> {
    return this.#database.runMaintenance(async (client) => {
      await client.query(begin);
      // A failure closes the connection, and with it the transaction.
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    });
  }
}

function toParameters({ tenant, jobId }: DataSubject): (string | null)[] {
  if (tenant === undefined && jobId === undefined) throw new TypeError('a subject is a tenant, a job, or both');
  return [tenant ?? null, jobId ?? null];
}

/** By a cursor: no more than a page is ever held. */
async function readAll<Row extends QueryResultRow>(
  client: ClientBase,
  statement: string,
  values: readonly (string | null)[],
  take: (row: Row) => Promise<void>,
): Promise<void> {
  await client.query(`DECLARE subject_rows NO SCROLL CURSOR FOR ${statement}`, [...values]);
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${PAGE_ROWS} FROM subject_rows`);
    for (const row of rows) await take(row);
    if (rows.length < PAGE_ROWS) break;
  }
  await client.query('CLOSE subject_rows');
}

function decisionOf(row: DecisionRow): SubjectRecord {
  return { kind: 'decision', decision: toDecisionRecord(row) };
}

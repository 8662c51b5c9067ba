import {
  taughtOutcomeOf,
  type AttemptReport,
  type EpochMs,
  type FailureLink,
  type OutcomeHistory,
  type OutcomePage,
  type ReportedOutcome,
  type ReportLookup,
} from '@smart-retry/domain';
import { DAY_MS } from '../utc-days.js';
import { errorCodeOf } from './classify-postgres-failure.js';
import type { Database } from './database.js';
import { dayOfPartition } from './day-partitions.js';
import {
  blockOf,
  FIRST_PLACE,
  formatOutcomeCursor,
  nextInTail,
  parseOutcomeCursor,
  type OutcomeCursor,
  type ReplayCursor,
  type RowPosition,
  type TailCursor,
} from './outcome-cursor.js';
import { BEGIN_REPLAY, replayStatement, reportedOutcomesStatement, tailStatement } from './outcome-history-sql.js';

interface OutcomeRow {
  readonly place: string;
  readonly at_ms: EpochMs;
  readonly recorded_at_ms: EpochMs;
  readonly success: boolean;
  readonly job_type: string;
  readonly queue: string;
  readonly tenant: string;
  readonly details: Pick<AttemptReport, 'dependency' | 'payloadSize'>;
  readonly link: FailureLink;
  readonly write_id: number | null;
}

interface TailRow extends OutcomeRow {
  readonly snapshot: string;
  readonly recorded_in: number;
  readonly table: number;
}

interface NothingNew {
  readonly snapshot: string;
  readonly place: null;
}

type PageOptions = Parameters<OutcomeHistory['outcomesAfter']>[1];

const UNDEFINED_TABLE = '42P01';
/** About as many as lie in one block: a stretch of limit / 16 blocks seldom holds more than one page or much less. */
const OUTCOMES_PER_BLOCK = 16;
/** Lookups of one statement: each costs some milliseconds in a day of millions. */
const LOOKUPS_PER_STATEMENT = 25;

/** The outcomes in the order of snapshots: first all that one shows, then what each one shows beyond the one before. */
export class PostgresOutcomeHistory implements OutcomeHistory {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async outcomesAfter(cursor: string | null, page: PageOptions): Promise<OutcomePage> {
    const from = cursor === null ? await this.#beginReplay(page.sinceMs) : parseOutcomeCursor(cursor);
    return 'days' in from ? this.#replay(from, page) : this.#readTail(from, page);
  }

  async reportedOutcomes(lookups: readonly ReportLookup[]): Promise<readonly (ReportedOutcome | null)[]> {
    const found: (ReportedOutcome | null)[] = lookups.map(() => null);
    for (let from = 0; from < lookups.length; from += LOOKUPS_PER_STATEMENT) {
      const { rows } = await this.#database.query<{ position: number; success: boolean; at_ms: EpochMs }>(
        reportedOutcomesStatement(lookups.slice(from, from + LOOKUPS_PER_STATEMENT)),
      );
      for (const { position, success, at_ms: atMs } of rows) found[from + position] = { success, atMs };
    }
    return found;
  }

  async #beginReplay(sinceMs: EpochMs): Promise<ReplayCursor> {
    const { rows } = await this.#database.query<{ snapshot: string; day: string | null; blocks: number | null }>({
      text: BEGIN_REPLAY,
    });
    const days = rows
      .flatMap(({ day, blocks }) => (day === null ? [] : [{ dayMs: dayOfPartition(day), blocks: blocks ?? 0 }]))
      .filter(({ dayMs, blocks }) => blocks > 0 && dayMs + DAY_MS > sinceMs);
    return { until: rows[0]?.snapshot ?? '', days, after: FIRST_PLACE };
  }

  async #replay({ until, days, after }: ReplayCursor, page: PageOptions): Promise<OutcomePage> {
    const [day, ...laterDays] = days;
    if (day === undefined) return this.#readTail({ since: until }, page);
    const endBlock = blockOf(after) + Math.ceil(page.limit / OUTCOMES_PER_BLOCK);
    const end = `(${endBlock},0)`;
    const rows = await this.#readStretch({ dayMs: day.dayMs, after, before: end, until, ...page });
    const last = rows?.at(-1);
    const next: OutcomeCursor =
      rows !== null && rows.length === page.limit && last !== undefined
        ? { until, days, after: last.place }
        : rows === null || endBlock >= day.blocks
          ? { until, days: laterDays, after: FIRST_PLACE }
          : { until, days, after: end };
    return { outcomes: (rows ?? []).flatMap(toOutcome), cursor: formatOutcomeCursor(next), isComplete: false };
  }

  /** Null when the day has been dropped meanwhile. */
  async #readStretch(stretch: Parameters<typeof replayStatement>[0]): Promise<readonly OutcomeRow[] | null> {
    return this.#database.run(async () => {
      try {
        return (await this.#database.queryOnce<OutcomeRow & Record<string, unknown>>(replayStatement(stretch))).rows;
      } catch (error) {
        if (errorCodeOf(error) === UNDEFINED_TABLE) return null;
        throw error;
      }
    });
  }

  async #readTail(cursor: TailCursor, page: PageOptions): Promise<OutcomePage> {
    const { rows } = await this.#database.query<TailRow | NothingNew>(tailStatement(cursor, page));
    const until = rows[0]?.snapshot ?? cursor.since;
    const found = rows.filter((row) => row.place !== null);
    const last = found.length < page.limit ? undefined : found.at(-1);
    const next = nextInTail(cursor, { until, last: last && toPosition(last) });
    return {
      outcomes: found.filter((row) => row.at_ms >= page.sinceMs).flatMap(toOutcome),
      cursor: formatOutcomeCursor(next),
      isComplete: next.round === undefined,
    };
  }
}

function toPosition({ recorded_in: recordedIn, table, place }: TailRow): RowPosition {
  return { recordedIn, table, place };
}

function toOutcome(row: OutcomeRow): OutcomePage['outcomes'] {
  const outcome = taughtOutcomeOf({
    report: {
      ...row.details,
      jobType: row.job_type,
      ...(row.queue !== '' && { queue: row.queue }),
      ...(row.tenant !== '' && { tenant: row.tenant }),
      success: row.success,
      timestampMs: row.at_ms,
    },
    link: row.link,
    recordedAtMs: row.recorded_at_ms,
  });
  return outcome === null ? [] : [{ outcome, ...(row.write_id !== null && { writeId: row.write_id }) }];
}

import type { EpochMs, ReportLookup } from '@smart-retry/domain';
import type { QueryConfig } from 'pg';
import { partitionName } from './day-partitions.js';
import { transactionsOf, type TailCursor } from './outcome-cursor.js';

/*
 * A snapshot says exactly which transactions had committed when it was taken. What one snapshot shows and an earlier one
 * does not is what was recorded in between: each row once, however long a transaction ran and whichever committed first.
 */
const IS_OUTCOME = 'link IS NOT NULL AND delay_ms IS NOT NULL';
const COLUMNS = `ctid::text AS place, at_ms, recorded_at_ms, success, job_type, queue, tenant, details, link, write_id`;
const isVisible = (snapshot: string) => `pg_visible_in_snapshot(recorded_in::text::xid8, ${snapshot}::pg_snapshot)`;

/** The present snapshot, and the size of each day's table (no smaller than what the snapshot shows of it). */
export const BEGIN_REPLAY = `
SELECT pg_current_snapshot()::text AS snapshot, right(relname, 8) AS day,
  pg_relation_size(pg_class.oid) / current_setting('block_size')::bigint AS blocks
FROM (SELECT) AS always LEFT JOIN pg_inherits ON inhparent = 'attempts'::regclass LEFT JOIN pg_class ON pg_class.oid = inhrelid
ORDER BY day`;

/**
 * A stretch of one day's table, by place: no index and no sort of more than the stretch, so that reading all of a table
 * takes time in proportion to it.
 */
export function replayStatement(stretch: {
  readonly dayMs: EpochMs;
  readonly after: string;
  readonly before: string;
  readonly sinceMs: EpochMs;
  readonly until: string;
  readonly limit: number;
}): QueryConfig {
  const { dayMs, after, before, sinceMs, until, limit } = stretch;
  const text = `SELECT ${COLUMNS} FROM ${partitionName('attempts', dayMs)}
    WHERE ctid > $1::tid AND ctid < $2::tid AND at_ms >= $3 AND ${IS_OUTCOME} AND ${isVisible('$4')}
    ORDER BY ctid LIMIT $5`;
  return { text, values: [after, before, sinceMs, until, limit] };
}

/**
 * Both ends of the range of `recorded_in` are given, so that the planner takes it for a small one, as it nearly always
 * is, also where it knows nothing of a new day's table yet. For its sake as well, rows that are too old are left out later.
 */
const TAIL = `
SELECT target.snapshot, found.* FROM (SELECT coalesce($2, pg_current_snapshot()::text) AS snapshot) AS target
LEFT JOIN LATERAL (
  SELECT ${COLUMNS}, recorded_in, tableoid::bigint AS table
  FROM attempts
  WHERE recorded_in >= $3 AND recorded_in < $4 AND ${IS_OUTCOME}
    AND NOT ${isVisible('$1')} AND ($2 IS NULL OR ${isVisible('$2')})
    AND ($9::bigint[] IS NULL OR write_id IS NULL OR write_id <> ALL($9))
    AND ($5::bigint IS NULL OR (recorded_in, tableoid, ctid) > ($5, $6::bigint::oid, $7::tid))
  ORDER BY recorded_in, tableoid, ctid LIMIT $8
) AS found ON true
ORDER BY recorded_in, found.table, place::tid`;

/** The next page of a tail. Own writes are left out here: to read back what was just written would cost as much as writing it. */
export function tailStatement(
  cursor: TailCursor,
  { limit, knownWrites }: { readonly limit: number; readonly knownWrites?: readonly number[] },
): QueryConfig {
  const { until, after } = cursor.round ?? {};
  const { first, end } = transactionsOf(cursor);
  return {
    name: 'outcomes_since',
    text: TAIL,
    values: [cursor.since, until, first, end, after?.recordedIn, after?.table, after?.place, limit, knownWrites],
  };
}

/**
 * An attempt linked to each of some recommendations, by their position. The bounds are parameters of each lookup's own
 * branch, not columns: the planner then sees which days can hold it, and that the bloom filter alone is best. Whichever
 * row comes first will do: a client that reports everything under one id must not make this a scan of all.
 */
export function reportedOutcomesStatement(lookups: readonly ReportLookup[]): QueryConfig {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const branches = lookups.map(
    ({ recommendationId, fromMs, toMs }, position) => `(SELECT ${position} AS position, success, at_ms FROM attempts
      WHERE recommendation_id = ${parameter(recommendationId)}
        AND at_ms >= ${parameter(fromMs)} AND at_ms < ${parameter(toMs)}
      LIMIT 1)`,
  );
  return { text: branches.join(' UNION ALL '), values };
}

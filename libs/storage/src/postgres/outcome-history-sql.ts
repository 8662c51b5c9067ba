import type { EpochMs } from '@smart-retry/domain';
import type { QueryConfig } from 'pg';
import { partitionName } from './day-partitions.js';
import type { TailCursor } from './outcome-cursor.js';

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
 * is, also where it knows nothing of a new day's table yet.
 */
const TAIL = `
SELECT target.snapshot, found.* FROM (SELECT coalesce($2, pg_current_snapshot()::text) AS snapshot) AS target
LEFT JOIN LATERAL (
  SELECT ${COLUMNS}, recorded_in, tableoid::bigint AS table
  FROM attempts
  WHERE recorded_in >= $3 AND recorded_in < $4 AND at_ms >= $5 AND ${IS_OUTCOME}
    AND NOT ${isVisible('$1')} AND ($2 IS NULL OR ${isVisible('$2')})
    AND ($6::bigint IS NULL OR (recorded_in, tableoid, ctid) > ($6, $7::bigint::oid, $8::tid))
  ORDER BY recorded_in, tableoid, ctid LIMIT $9
) AS found ON true
ORDER BY recorded_in, found.table, place::tid`;

/** Above every transaction. */
const NO_TRANSACTION = Number.MAX_SAFE_INTEGER;

export function tailStatement(
  { since, under }: TailCursor,
  oldest: number,
  { sinceMs, limit }: { readonly sinceMs: EpochMs; readonly limit: number },
): QueryConfig {
  return {
    name: 'outcomes_since',
    text: TAIL,
    values: [
      since,
      under?.until,
      under?.recordedIn ?? oldest,
      NO_TRANSACTION,
      sinceMs,
      under?.recordedIn,
      under?.table,
      under?.place,
      limit,
    ],
  };
}

/** The first attempt linked to each of many recommendations. */
export const REPORTED_OUTCOMES = `
WITH lookups AS (
  SELECT * FROM json_to_recordset($1) AS lookup (position integer, recommendation_id text, from_ms bigint, to_ms bigint)
)
SELECT position, success, at_ms FROM lookups AS lookup CROSS JOIN LATERAL (
  SELECT success, at_ms FROM attempts
  WHERE recommendation_id = lookup.recommendation_id AND at_ms >= lookup.from_ms AND at_ms < lookup.to_ms
  ORDER BY at_ms LIMIT 1
) AS reported`;

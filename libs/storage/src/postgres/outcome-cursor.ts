import type { EpochMs } from '@smart-retry/domain';

/** Where a row lies: `(block,item)`. */
export type RowPlace = string;

/** One day's table, as long as it was when the replay began. */
export interface DayToReplay {
  readonly dayMs: EpochMs;
  readonly blocks: number;
}

/** Reads what is visible in `until`, table by table in the order of the rows. */
export interface ReplayCursor {
  readonly until: string;
  /** Those still to be read, the one under way first. */
  readonly days: readonly DayToReplay[];
  readonly after: RowPlace;
}

/** Reads what is not visible in `since`, in the order recorded. */
export interface TailCursor {
  readonly since: string;
  /** Within a round of several pages. */
  readonly round?: {
    /** What the round was begun with, and ends with. */
    readonly until: string;
    /** The transactions of the next page: `[first, first + count)`. */
    readonly first: number;
    readonly count: number;
    /** The last row read, where it is one of theirs. */
    readonly after?: RowPosition;
  };
}

export interface RowPosition {
  readonly recordedIn: number;
  readonly table: number;
  readonly place: RowPlace;
}

export type OutcomeCursor = ReplayCursor | TailCursor;

export const FIRST_PLACE: RowPlace = '(0,0)';

export function formatOutcomeCursor(cursor: OutcomeCursor): string {
  return JSON.stringify(cursor);
}

/** Cursors stay in the process that got them, so that what comes back is what was given. */
export function parseOutcomeCursor(text: string): OutcomeCursor {
  return JSON.parse(text) as OutcomeCursor;
}

export function blockOf(place: RowPlace): number {
  return Number.parseInt(place.slice(1), 10);
}

/** Above every transaction. */
const NO_TRANSACTION = Number.MAX_SAFE_INTEGER;

/** The transactions of a tail's next page, half-open: `[first, end)`. Where a round begins, all that there are. */
export function transactionsOf({ since, round }: TailCursor): { readonly first: number; readonly end: number } {
  if (round === undefined) return { first: oldestUnseen(since), end: NO_TRANSACTION };
  return { first: round.first, end: round.first + round.count };
}

/**
 * Where a page of a tail leads.
 *
 * After a full page, the next one takes about as many transactions as made this one full, and after one that was not,
 * twice as many: to read a long way takes time in proportion to it, not to its square.
 *
 * @param page.until the snapshot of the round
 * @param page.last the last row of a full page; undefined when the page was not full
 */
export function nextInTail(
  cursor: TailCursor,
  { until, last }: { readonly until: string; readonly last: RowPosition | undefined },
): TailCursor {
  const { since } = cursor;
  const { first, end } = transactionsOf(cursor);
  if (last !== undefined) {
    const count = last.recordedIn - first + 1;
    return { since, round: { until, first: last.recordedIn, count, after: last } };
  }
  if (end >= firstBeyond(until)) return { since: until };
  return { since, round: { until, first: end, count: 2 * (end - first) } };
}

/** The oldest transaction that a snapshot does not show: the first number of `xmin:xmax:running,…`. */
function oldestUnseen(snapshot: string): number {
  return Number(snapshot.split(':')[0]);
}

/** The first of the transactions that began after a snapshot was taken. */
function firstBeyond(snapshot: string): number {
  return Number(snapshot.split(':')[1]);
}

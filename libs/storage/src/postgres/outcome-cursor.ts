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
  /** Within a round of several pages: the round's own end, and the last row read. */
  readonly under?: {
    readonly until: string;
    readonly recordedIn: number;
    readonly table: number;
    readonly place: RowPlace;
  };
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

/** The oldest transaction that a snapshot does not show: the first of `xmin:xmax:running,…`. */
export function oldestUnseen(snapshot: string): number {
  return Number.parseInt(snapshot, 10);
}

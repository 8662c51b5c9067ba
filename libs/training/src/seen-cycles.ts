import { failedAtMsOf } from './splits.js';
import type { TrainingRow } from './training-row.js';

const DAY_MS = 86_400_000;
const CYCLES_MS: Readonly<Record<string, number>> = { time_of_day: DAY_MS, day_of_week: 7 * DAY_MS };
/** Seen once, an hour of the day is only another name for that day. */
const MIN_ROUNDS = 2;

/** The features without those of the calendar whose cycle has not come round twice within the rows, which are sorted by time. */
export function withoutUnseenCycles(features: readonly string[], rows: readonly TrainingRow[]): readonly string[] {
  const [first, last] = [rows[0], rows.at(-1)];
  const spanMs = first === undefined || last === undefined ? 0 : last.atMs - failedAtMsOf(first);
  return features.filter((feature) => spanMs >= MIN_ROUNDS * (CYCLES_MS[feature] ?? 0));
}

import type { EpochMs } from '@smart-retry/domain';

export const DAY_MS = 86_400_000;

/** The first millisecond of the UTC day that holds `atMs`. */
export function startOfUtcDayMs(atMs: EpochMs): EpochMs {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}

/** Whether the day that starts at `dayMs` ended before or at `beforeMs`: days are `[dayMs, dayMs + DAY_MS)`. */
export function hasDayEnded(dayMs: EpochMs, beforeMs: EpochMs): boolean {
  return dayMs + DAY_MS <= beforeMs;
}

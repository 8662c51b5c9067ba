import { formatClockDuration, parseDurationMs, SmartRetryError } from '@smart-retry/domain';

/** Milliseconds of an optional duration; `""` and `null` are absent. @throws {INVALID_DURATION} naming `path`. */
export function readDurationMs(path: string, value: string | number | null | undefined): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  try {
    return parseDurationMs(value);
  } catch (error) {
    if (!(error instanceof SmartRetryError)) throw error;
    throw new SmartRetryError(error.code, `${path} ${error.message}`, {
      cause: error,
      fields: [{ path, message: error.message }],
    });
  }
}

/** An optional duration as the seed spells those of jobs. */
export function clockText(durationMs: number | undefined): string | undefined {
  return durationMs === undefined ? undefined : formatClockDuration(durationMs);
}

import { SmartRetryError, type EpochMs } from '@smart-retry/domain';

export { formatTimestamp } from '@smart-retry/domain';

const MAX_SKEW_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d{1,12}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** Which timestamps a request may carry: `[oldestMs, newestMs]`. */
export interface AcceptedTimes {
  readonly nowMs: EpochMs;
  readonly oldestMs: EpochMs;
  readonly newestMs: EpochMs;
}

/** From the retention until five minutes ahead, for clocks that do not agree. */
export function acceptedTimes(nowMs: EpochMs, retentionDays: number): AcceptedTimes {
  return { nowMs, oldestMs: nowMs - retentionDays * DAY_MS, newestMs: nowMs + MAX_SKEW_MS };
}

/** Milliseconds of an RFC 3339 timestamp, smaller fractions cut off; null when it is none. */
export function parseTimestampMs(text: string): EpochMs | null {
  const match = RFC_3339.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCDate() !== Number(day)) return null;
  const offsetMinutes = sign === undefined ? 0 : Number(`${sign}1`) * (Number(offsetHour) * 60 + Number(offsetMinute));
  return (
    date.getTime() +
    (Number(hour) * 60 + Number(minute) - offsetMinutes) * 60_000 +
    Number(second) * 1_000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'))
  );
}

/** @throws {INVALID_REQUEST} when `text` is no timestamp. */
export function readTimestampMs(path: string, text: string): EpochMs {
  const atMs = parseTimestampMs(text);
  if (atMs !== null) return atMs;
  const message = 'must be an RFC 3339 timestamp such as 2025-01-15T14:30:00Z';
  throw new SmartRetryError('INVALID_REQUEST', `${path} ${message}`, { fields: [{ path, message }] });
}

/** @throws {INVALID_REQUEST} when `text` is no timestamp. @throws {TIMESTAMP_OUT_OF_RANGE} */
export function readPastTimestampMs(path: string, text: string, accepted: AcceptedTimes): EpochMs {
  const atMs = readTimestampMs(path, text);
  if (atMs > accepted.newestMs) throw outOfRange(path, 'must not be more than 5 minutes ahead of the server');
  if (atMs < accepted.oldestMs) throw outOfRange(path, 'must not be older than the retention');
  return atMs;
}

function outOfRange(path: string, message: string): SmartRetryError {
  return new SmartRetryError('TIMESTAMP_OUT_OF_RANGE', `${path} ${message}`, { fields: [{ path, message }] });
}

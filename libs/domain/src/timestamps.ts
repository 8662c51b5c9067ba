import type { EpochMs } from './features.js';

const DAY_MS = 86_400_000;
const TWO_DIGITS: readonly string[] = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));

/** Writes RFC 3339 in UTC with milliseconds, for whole milliseconds. */
function createTimestampFormat(): (atMs: EpochMs) => string {
  // Every answer holds several timestamps, nearly all of one day: only its date is worth `toISOString`'s price.
  let day = Number.NaN;
  let date = '';
  return (atMs) => {
    const ofDay = Math.floor(atMs / DAY_MS);
    if (ofDay !== day) {
      day = ofDay;
      date = new Date(ofDay * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length);
    }
    const ms = atMs - ofDay * DAY_MS;
    const seconds = Math.floor(ms / 1_000);
    const minutes = Math.floor(seconds / 60);
    const clock = `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}`;
    const fraction = Math.floor(ms % 1_000);
    return `${date}${clock}.${fraction < 10 ? '00' : fraction < 100 ? '0' : ''}${fraction}Z`;
  };
}

/** RFC 3339 in UTC with milliseconds. @throws {RangeError} for what is no time. */
export const formatTimestamp = createTimestampFormat();

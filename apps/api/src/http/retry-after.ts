import { SmartRetryError, type EpochMs } from '@smart-retry/domain';

const SECONDS = /^\d{1,12}(?:\.\d{1,9})?$/;
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d{2}:\\d{2}:\\d{2}';
/** The three spellings of RFC 9110, section 5.6.7; the last one leaves its GMT out. */
const HTTP_DATES = [
  new RegExp(`^${DAY}, \\d{2} ${MONTH} \\d{4} ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{5,8}, \\d{2}-${MONTH}-\\d{2} ${TIME} GMT$`),
];
const ASCTIME = new RegExp(`^${DAY} ${MONTH} [ \\d]\\d ${TIME} \\d{4}$`);

/**
 * Milliseconds that a server's `Retry-After` asks to wait from `fromMs`: seconds (a number, or the header's text) or an
 * HTTP-date; 0 for a date that has passed. `""` and `null` are absent.
 *
 * @throws {INVALID_REQUEST} for anything else.
 */
export function readRetryAfterMs(
  path: string,
  value: string | number | null | undefined,
  fromMs: EpochMs,
): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const waitMs = typeof value === 'number' ? value * 1_000 : parseRetryAfterText(value.trim(), fromMs);
  if (Number.isFinite(waitMs)) return Math.min(Math.max(0, Math.ceil(waitMs)), Number.MAX_SAFE_INTEGER);
  const message = 'must be seconds or an HTTP-date';
  throw new SmartRetryError('INVALID_REQUEST', `${path} ${message}`, { fields: [{ path, message }] });
}

function parseRetryAfterText(text: string, fromMs: EpochMs): number {
  if (SECONDS.test(text)) return Number(text) * 1_000;
  if (HTTP_DATES.some((pattern) => pattern.test(text))) return Date.parse(text) - fromMs;
  return ASCTIME.test(text) ? Date.parse(`${text} GMT`) - fromMs : Number.NaN;
}

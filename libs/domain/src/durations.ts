import { SmartRetryError } from './errors.js';

const NANOSECONDS_PER_MS = 1e6;
/** Go's longest, to which it saturates, as JSON reads it. What numbers of this size lose is less than a millisecond. */
const MAX_NANOSECONDS = 2 ** 63;
const MAX_DURATION_TEXT_LENGTH = 64;
const CLOCK_TEXT = /^(?:(?:(\d{1,7}):)?(\d{1,9}):)?(\d{1,11})(?:\.(\d{1,9}))?$/;
const GO_TEXT = /^(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/;
const GO_UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Reads a duration in any of the wire's spellings and answers milliseconds (≥ 0, possibly fractional):
 * clock text `[[H+:]MM:]SS[.fff]`, Go text (`"720h"`, `"1h30m"`, `"250ms"`), or an integer number of nanoseconds.
 *
 * @throws {INVALID_DURATION} for anything else, negative values included.
 */
export function parseDurationMs(value: string | number): number {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value >= 0 && value <= MAX_NANOSECONDS) return value / NANOSECONDS_PER_MS;
    throw invalidDuration();
  }
  if (value.length === 0 || value.length > MAX_DURATION_TEXT_LENGTH) throw invalidDuration();
  return parseClockText(value) ?? parseGoText(value);
}

function parseClockText(text: string): number | undefined {
  const match = CLOCK_TEXT.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds, fraction] = match;
  if ((minutes !== undefined && Number(seconds) >= 60) || (hours !== undefined && Number(minutes) >= 60))
    throw invalidDuration();
  const wholeSeconds = Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds);
  return wholeSeconds * 1_000 + Number(`0.${fraction ?? '0'}`) * 1_000;
}

function parseGoText(text: string): number {
  let rest = text.startsWith('+') ? text.slice(1) : text;
  if (rest.length === 0) throw invalidDuration();
  let totalMs = 0;
  while (rest.length > 0) {
    const part = GO_TEXT.exec(rest);
    if (part === null) throw invalidDuration();
    const [text, amount, unit = ''] = part;
    totalMs += Number(amount) * (GO_UNIT_MS[unit] ?? Number.NaN);
    rest = rest.slice(text.length);
  }
  if (!Number.isFinite(totalMs)) throw invalidDuration();
  return totalMs;
}

function invalidDuration(): SmartRetryError {
  return new SmartRetryError(
    'INVALID_DURATION',
    'must be a duration: clock text such as "00:02:30" or "00:05.250", Go text such as "720h" or "250ms", or whole nanoseconds',
  );
}

/** Milliseconds as Go text in the largest units without remainder: 300000 → `"5m"`, 5400000 → `"1h30m"`, 250 → `"250ms"`. */
export function formatGoDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${durationMs}ms`;
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor((durationMs % 3_600_000) / 60_000);
  const seconds = (durationMs % 60_000) / 1_000;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${seconds > 0 ? `${seconds}s` : ''}`;
}

/** Milliseconds as clock text: at least an hour or whole seconds `HH:MM:SS[.fff]`, else `MM:SS.fff`, as the seed spells them. */
export function formatClockDuration(durationMs: number): string {
  const wholeMs = Math.round(durationMs);
  const fraction = wholeMs % 1_000;
  const pad = (n: number, width = 2) => String(n).padStart(width, '0');
  const seconds = pad(Math.floor(wholeMs / 1_000) % 60);
  const minutes = pad(Math.floor(wholeMs / 60_000) % 60);
  const hours = Math.floor(wholeMs / 3_600_000);
  const suffix = fraction === 0 ? '' : `.${pad(fraction, 3)}`;
  return hours > 0 || fraction === 0
    ? `${pad(hours)}:${minutes}:${seconds}${suffix}`
    : `${minutes}:${seconds}${suffix}`;
}

/** A span for people: `850 ms`, `4.3 s`, `2 min 5 s`, `1 h 30 min`. */
export function describeDuration(durationMs: number): string {
  const wholeMs = Math.round(durationMs);
  if (wholeMs < 1_000) return `${wholeMs} ms`;
  const tenthsOfSeconds = Math.round(durationMs / 100);
  if (tenthsOfSeconds < 600) return `${tenthsOfSeconds / 10} s`;
  const totalSeconds = Math.round(durationMs / 1_000);
  const hours = Math.floor(totalSeconds / 3_600);
  const minutes = Math.floor((totalSeconds % 3_600) / 60);
  const seconds = totalSeconds % 60;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return seconds > 0 ? `${minutes} min ${seconds} s` : `${minutes} min`;
}

/** As `describeDuration`, but durations that differ never read the same: then both are exact, in seconds. */
export function describeUnequalDurations(firstMs: number, secondMs: number): readonly [string, string] {
  const [first, second] = [describeDuration(firstMs), describeDuration(secondMs)];
  if (first !== second || firstMs === secondMs) return [first, second];
  return [`${firstMs / 1_000} s`, `${secondMs / 1_000} s`];
}

import { hash } from 'node:crypto';
import type { AttemptRecord } from '@smart-retry/domain';
import { attemptDimensions, attemptIdentity, isFirstTry, knownDelayMs } from '../attempt-facts.js';
import { boolArray, float8Array, int4Array, int8Array, jsonArray, textArray, uuidArray } from './binary-arrays.js';
import { toStorableJson } from './storable-json.js';

const DIGEST_BYTES = 16;

/** What an attempt is stored under: equal for two reports of one attempt. */
export function attemptKey(attempt: AttemptRecord): string {
  return digest(attemptIdentity(attempt.report));
}

/**
 * The parameters of `RECORD_ATTEMPTS`: a column of each, and the roll-ups that they belong to, once each.
 *
 * @param keys of the attempts, each another one
 */
export function toAttemptColumns(
  attempts: readonly AttemptRecord[],
  keys: readonly string[],
  writeId: number | undefined,
): readonly unknown[] {
  const { rollups, rollupOfAttempt } = findRollups(attempts);
  const column = <T>(of: (attempt: AttemptRecord) => T) => attempts.map(of);
  return [
    uuidArray(keys),
    int8Array(column(({ report }) => report.timestampMs)),
    int8Array(column(({ recordedAtMs }) => recordedAtMs)),
    int8Array(column(({ report }) => report.attemptNumber)),
    float8Array(column(({ sampleRate }) => sampleRate)),
    float8Array(column(knownDelayMs)),
    boolArray(column(({ report }) => report.success)),
    boolArray(column(({ isRetry }) => isRetry)),
    textArray(column(({ report }) => report.jobType)),
    textArray(column((attempt) => attemptDimensions(attempt).error_class ?? '')),
    textArray(column(({ report }) => report.queue ?? '')),
    textArray(column(({ report }) => report.tenant ?? '')),
    textArray(column(({ report }) => report.jobId)),
    jsonArray(column(detailsOf)),
    jsonArray(column(linkOf)),
    textArray(column(({ link }) => link?.recommendationId)),
    int4Array(rollupOfAttempt),
    int8Array(rollups.map(({ grainMs }) => grainMs)),
    int8Array(rollups.map(({ bucketAtMs }) => bucketAtMs)),
    uuidArray(rollups.map(({ series }) => series)),
    writeId,
  ];
}

interface Rollup {
  readonly grainMs: number;
  readonly bucketAtMs: number;
  readonly series: string;
}

const NOT_COUNTED = 0;

/** The roll-ups that attempts are counted in, and for each attempt the number of its own, from 1. */
function findRollups(attempts: readonly AttemptRecord[]) {
  const numbers = new Map<string, number>();
  const rollups: Rollup[] = [];
  const rollupOfAttempt = attempts.map((attempt) => {
    if (!attempt.isRetry && !isFirstTry(attempt)) return NOT_COUNTED;
    const { report, sampleRate, aggregationIntervalMs: grainMs } = attempt;
    const bucketAtMs = Math.floor(report.timestampMs / grainMs) * grainMs;
    const { job_type, error_class, queue, tenant } = attemptDimensions(attempt);
    const label = JSON.stringify([job_type, error_class, queue, tenant, sampleRate]);
    const name = `${grainMs} ${bucketAtMs} ${label}`;
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const number = rollups.push({ grainMs, bucketAtMs, series: digest(label) });
    numbers.set(name, number);
    return number;
  });
  return { rollups, rollupOfAttempt };
}

/** What of a report has no column of its own. */
function detailsOf({ report }: AttemptRecord): string {
  const { jobId, jobType, attemptNumber, success, queue, tenant, timestampMs, ...details } = report;
  return toStorableJson(details);
}

function linkOf({ link: whole }: AttemptRecord): string | undefined {
  if (whole === undefined) return undefined;
  const { recommendationId, ...link } = whole;
  return toStorableJson(link);
}

/** 128 bits of SHA-256, one character a byte: short and of equal length, however long the labels are. */
function digest(text: string): string {
  return hash('sha256', text, 'binary').slice(0, DIGEST_BYTES);
}

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
 * The parameters of `RECORD_ATTEMPTS`: a column of each attempt, then of the roll-ups that they belong to, once each.
 *
 * @param keys of the attempts, each another one
 */
export function toAttemptColumns(
  attempts: readonly AttemptRecord[],
  keys: readonly string[],
  writeId: number | undefined,
): readonly unknown[] {
  const { rollups, rollupOfAttempt } = findRollups(attempts);
  const attempt = <T>(of: (attempt: AttemptRecord) => T) => attempts.map(of);
  const rollup = <T>(of: (rollup: Rollup) => T) => rollups.map(of);
  return [
    uuidArray(keys),
    int8Array(attempt(({ report }) => report.timestampMs)),
    int8Array(attempt(({ recordedAtMs }) => recordedAtMs)),
    int8Array(attempt(({ report }) => report.attemptNumber)),
    float8Array(attempt(({ sampleRate }) => sampleRate)),
    float8Array(attempt(knownDelayMs)),
    boolArray(attempt(({ report }) => report.success)),
    boolArray(attempt(({ isRetry }) => isRetry)),
    textArray(attempt(({ report }) => report.jobType)),
    textArray(attempt(followedClassOf)),
    textArray(attempt(({ report }) => report.queue ?? '')),
    textArray(attempt(({ report }) => report.tenant ?? '')),
    textArray(attempt(({ report }) => report.jobId)),
    jsonArray(attempt(detailsOf)),
    jsonArray(attempt(linkOf)),
    textArray(attempt(({ link }) => link?.recommendationId)),
    int4Array(rollupOfAttempt),
    int8Array(rollup(({ grainMs }) => grainMs)),
    int8Array(rollup(({ bucketAtMs }) => bucketAtMs)),
    uuidArray(rollup(({ series }) => series)),
    float8Array(rollup(({ example }) => example.sampleRate)),
    textArray(rollup(({ example }) => example.report.jobType)),
    textArray(rollup(({ example }) => followedClassOf(example))),
    textArray(rollup(({ example }) => example.report.queue ?? '')),
    textArray(rollup(({ example }) => example.report.tenant ?? '')),
    writeId,
  ];
}

interface Rollup {
  readonly grainMs: number;
  readonly bucketAtMs: number;
  readonly series: string;
  /** One of the attempts that it counts: all have these labels and this sample rate. */
  readonly example: AttemptRecord;
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
    const number = rollups.push({ grainMs, bucketAtMs, series: digest(label), example: attempt });
    numbers.set(name, number);
    return number;
  });
  return { rollups, rollupOfAttempt };
}

function followedClassOf({ link }: AttemptRecord): string {
  return link?.errorClass ?? '';
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

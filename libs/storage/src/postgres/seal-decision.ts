import type { DecisionRecord, EpochMs } from '@smart-retry/domain';
import type { QueryConfig } from 'pg';
import { arrayOfElements, type ElementType } from './binary-arrays.js';
import type { CopyOfRows } from './copy-in.js';
import { decisionToText } from './decision-row.js';
import { fieldsOf, piecesOf, type RowWriter, type WrittenRow } from './row-writer.js';
import { toStorableJson } from './storable-json.js';

/** A row as the server takes it. */
export interface SealedDecision {
  readonly decidedAtMs: EpochMs;
  readonly row: WrittenRow;
}

const COLUMN_TYPES: readonly (readonly [name: string, type: ElementType])[] = [
  ['decided_at_ms', 'bigint'],
  ['attempt_number', 'bigint'],
  ['delay_ms', 'bigint'],
  ['should_retry', 'boolean'],
  ['recommendation_id', 'text'],
  ['method', 'text'],
  ['job_type', 'text'],
  ['tenant', 'text'],
  ['job_id', 'text'],
  ['propensity', 'double precision'],
  ['features', 'json'],
  ['record', 'text'],
];
const COLUMNS = COLUMN_TYPES.map(([name]) => name).join(', ');

const COPY = `COPY decisions (${COLUMNS}) FROM STDIN (FORMAT binary)`;

const APPEND_MISSING = `
INSERT INTO decisions (${COLUMNS})
SELECT * FROM unnest(${COLUMN_TYPES.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})
ON CONFLICT DO NOTHING`;

export function sealDecision(record: DecisionRecord, rows: RowWriter): SealedDecision {
  const { decidedAtMs, features, recommendation } = record;
  rows.begin(COLUMN_TYPES.length);
  rows.int8(decidedAtMs);
  rows.int8(features.attemptNumber);
  rows.int8(recommendation.delayMs);
  rows.bool(Number(recommendation.shouldRetry));
  rows.text(record.recommendationId);
  rows.text(recommendation.method);
  rows.text(features.jobType);
  rows.text(features.tenant ?? '');
  rows.text(features.jobId);
  rows.float8(recommendation.propensity);
  rows.json(toStorableJson(features));
  rows.json(decisionToText(record));
  return { decidedAtMs, row: rows.end() };
}

/** Half of what an insert costs the server, but it takes all of them or none. */
export function copyOf(sealed: readonly SealedDecision[]): CopyOfRows {
  return { text: COPY, pieces: piecesOf(sealed.map(({ row }) => row)) };
}

/** Appends those that are not there yet. */
export function appendMissing(sealed: readonly SealedDecision[]): QueryConfig {
  const rows = sealed.map(({ row }) => fieldsOf(row));
  const values = COLUMN_TYPES.map(([, type], i) => {
    return arrayOfElements(
      type,
      rows.map((fields) => fields[i] ?? new Uint8Array()),
    );
  });
  return { name: 'append_missing_decisions', text: APPEND_MISSING, values };
}

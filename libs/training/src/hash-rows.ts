import { canonicalJson, type Sha256 } from '@smart-retry/ml';
import type { TrainingRow } from './training-row.js';

const ROWS_AT_ONCE = 2_000;

/** SHA-256 (hex) of rows in their order, each block together with the hash of those before it. */
export function hashRows(rows: readonly TrainingRow[], sha256: Sha256): string {
  let hash = '';
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    hash = sha256(`${hash}${canonicalJson(rows.slice(from, from + ROWS_AT_ONCE))}`);
  return hash;
}

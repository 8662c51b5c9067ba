import type { PostgresOptions } from '../connection-options.js';
import { openPostgres, type PostgresStores } from '../open-postgres.js';

const PATIENCE_MS = 30_000;

/** Stores that wait for a busy machine: for tests of anything but a database that does not answer. */
export function openPatiently(options: PostgresOptions): PostgresStores {
  return openPostgres({ connectionTimeoutMs: PATIENCE_MS, statementTimeoutMs: PATIENCE_MS, ...options });
}

export { appendChange, type Transaction } from './append-change.js';
export { openPostgres } from './open-postgres.js';
export type { PostgresStores } from './open-postgres.js';
export type { PostgresOptions } from './connection-options.js';

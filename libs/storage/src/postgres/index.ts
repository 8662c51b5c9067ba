export { openPostgres } from './open-postgres.js';
export type { PostgresStores } from './open-postgres.js';
export type { PostgresOptions } from './connection-options.js';

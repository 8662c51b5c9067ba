import { types, type CustomTypesConfig } from 'pg';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Of the role that migrations run under, and that then owns what must not be changed; default: `url`'s own. */
  readonly migrationUrl?: string | undefined;
  /** Connections for attempts and decisions; two more serve configuration, and two what reads the past. */
  readonly poolSize?: number;
  /** Longest wait for a connection. */
  readonly connectionTimeoutMs?: number;
  /** Longest time that one statement may run on the server. */
  readonly statementTimeoutMs?: number;
}

/** The client gives up this much later than the server: a living server then cancels first, and the connection stays usable. */
const CLIENT_PATIENCE_MS = 300;

/** Every whole number that is stored here is a safe integer, so bigint columns are read as numbers. */
const typeParsers: CustomTypesConfig = {
  getTypeParser: (oid, format): unknown => (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)),
};

/** What the driver is told, by its own names. */
export function driverOptions({ url, connectionTimeoutMs = 700, statementTimeoutMs = 1_500 }: PostgresOptions) {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectionTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + CLIENT_PATIENCE_MS,
    keepAlive: true,
    application_name: 'smart-retry',
    // Compiling a plan over many partitions takes a hundred times longer than running it.
    options: '-c jit=off',
    types: typeParsers,
  };
}

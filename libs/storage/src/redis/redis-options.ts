import type { RedisOptions as DriverOptions } from 'ioredis';

export interface RedisOptions {
  /** `host:port`; an IPv6 host in brackets. */
  readonly addr: string;
  readonly password?: string;
  readonly db?: number;
  /** Before every key and channel, so that several installations can share a server. */
  readonly keyPrefix?: string;
  readonly connectionTimeoutMs?: number;
  readonly commandTimeoutMs?: number;
  /** Called on each change: once when the connection is lost, once when it is back. */
  readonly onConnectionChange?: (state: 'connected' | 'lost') => void;
}

const ADDRESS = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]]+)):(?<port>\d{1,5})$/;
const MAX_RECONNECT_DELAY_MS = 1_000;

/** @throws {TypeError} when the address is not `host:port`. */
export function parseRedisAddress(addr: string): { readonly host: string; readonly port: number } {
  const { v6, host = v6, port } = ADDRESS.exec(addr)?.groups ?? {};
  if (host === undefined || port === undefined) throw new TypeError('the Redis address must be host:port');
  return { host, port: Number(port) };
}

/** After this long an attempt to connect is given up. */
export function connectionTimeoutMs(options: RedisOptions): number {
  return options.connectionTimeoutMs ?? 700;
}

/** After this long a command is given up. */
export function commandTimeoutMs(options: RedisOptions): number {
  return options.commandTimeoutMs ?? 500;
}

/** Commands fail at once while there is no connection, which is tried again for ever at most a second apart. */
export function driverOptions(options: RedisOptions): DriverOptions {
  return {
    ...parseRedisAddress(options.addr),
    ...(options.password === undefined ? {} : { password: options.password }),
    db: options.db ?? 0,
    connectionName: 'smart-retry',
    connectTimeout: connectionTimeoutMs(options),
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // What was given up must not happen later: a silent connection is closed, and nothing is sent again.
    socketTimeout: commandTimeoutMs(options),
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 5), MAX_RECONNECT_DELAY_MS),
  };
}

import { once } from 'node:events';
import { Redis } from 'ioredis';
import { StoreBreaker, type StoreFailure } from '../store-breaker.js';
import { commandTimeoutMs, driverOptions, type RedisOptions } from './redis-options.js';

/** A server that is loading, out of memory or a replica serves us no more than one that is down. */
const UNREACHABLE_REPLIES = /^(?:LOADING|MASTERDOWN|READONLY|CLUSTERDOWN|OOM|BUSY|TRYAGAIN|NOAUTH|WRONGPASS|NOPERM)\b/;

/** Connection for commands: they fail fast, behind a breaker, with every failure translated. */
export class RedisConnection {
  readonly #client: Redis;
  readonly #breaker: StoreBreaker;
  #isConnected = false;

  constructor(options: RedisOptions) {
    this.#client = connectRedis(options);
    this.#breaker = new StoreBreaker({
      store: 'Redis',
      timeoutMs: commandTimeoutMs(options),
      classify: classifyRedisFailure,
    });
    this.#client.on('ready', () => {
      this.#isConnected = true;
      options.onConnectionChange?.('connected');
    });
    this.#client.on('close', () => {
      if (this.#isConnected) options.onConnectionChange?.('lost');
      this.#isConnected = false;
    });
  }

  /** @throws {STORE_UNAVAILABLE} */
  run<T>(operation: (client: Redis) => Promise<T>): Promise<T> {
    return this.#breaker.run(() => operation(this.#client));
  }

  /** Resolves when the first attempt to connect has ended either way. */
  firstAttempt(timeoutMs: number): Promise<void> {
    return firstAttempt(this.#client, timeoutMs);
  }

  close(): void {
    this.#isConnected = false;
    this.#client.disconnect();
  }
}

/** Starts connecting, and goes on trying until it is disconnected; never throws. */
export function connectRedis(options: RedisOptions): Redis {
  const client = new Redis(driverOptions(options));
  // Each failed attempt to reconnect is an event; whoever needs the connection sees its command fail.
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  return client;
}

/** Resolves when the first attempt to connect has ended either way, or after `timeoutMs`. */
export async function firstAttempt(client: Redis, timeoutMs: number): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  await Promise.race([once(client, 'ready', { signal }), once(client, 'close', { signal })]).catch(() => undefined);
}

/** Whether an error is the server's own answer to a command. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Only the server's own words can be a defect of ours; every other failure is one of the way to it. */
function classifyRedisFailure(error: unknown): StoreFailure {
  if (isReply(error)) return UNREACHABLE_REPLIES.test(error.message) ? 'unreachable' : 'defect';
  return error instanceof TypeError || error instanceof RangeError ? 'defect' : 'unreachable';
}

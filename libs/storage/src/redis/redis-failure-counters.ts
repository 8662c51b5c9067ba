import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FAILURE_WINDOW_MS, FAILURE_WINDOW_SLOT_MS, type EpochMs, type FailureCounters } from '@smart-retry/domain';
import type { Redis } from 'ioredis';
import { failureSlot, oldestFailureSlot } from '../failure-window.js';
import { isReply, type RedisConnection } from './redis-connection.js';

/** Beside `src` and `dist`, so that the same path is right in both and the build has nothing to copy. */
const SCRIPT = readFileSync(new URL('../../lua/add-failures.lua', import.meta.url), 'utf8');
const SCRIPT_SHA = createHash('sha1').update(SCRIPT).digest('hex');
const KEY_TTL_MS = FAILURE_WINDOW_MS + FAILURE_WINDOW_SLOT_MS;

/** Failures over the trailing window by all processes on one Redis. */
export class RedisFailureCounters implements FailureCounters {
  readonly #connection: RedisConnection;
  readonly #keyPrefix: string;

  constructor(connection: RedisConnection, keyPrefix: string) {
    this.#connection = connection;
    this.#keyPrefix = keyPrefix;
  }

  async add(increments: ReadonlyMap<string, number>, nowMs: EpochMs): Promise<ReadonlyMap<string, number>> {
    return this.#connection.run(async (client) => {
      const sums = [...increments].map(async ([key, increment]) => {
        // In a cluster the tag keeps everything about one dependency on one node, and spreads dependencies over all.
        const redisKey = `${this.#keyPrefix}failures:{${key}}`;
        const sum = await addFailures(client, redisKey, [
          failureSlot(nowMs),
          increment,
          oldestFailureSlot(nowMs),
          KEY_TTL_MS,
        ]);
        return [key, Number(sum)] as const;
      });
      return new Map(await Promise.all(sums));
    });
  }
}

async function addFailures(client: Redis, key: string, parameters: readonly number[]): Promise<unknown> {
  try {
    return await client.evalsha(SCRIPT_SHA, 1, key, ...parameters);
  } catch (error) {
    if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(SCRIPT, 1, key, ...parameters);
  }
}

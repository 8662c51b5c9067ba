import { FAILURE_WINDOW_MS, FAILURE_WINDOW_SLOT_MS, type EpochMs, type FailureCounters } from '@smart-retry/domain';
import { failureSlot, oldestFailureSlot } from '../failure-window.js';
import type { RedisConnection } from './redis-connection.js';
import { RedisScript } from './redis-script.js';

const ADD_FAILURES = new RedisScript('add-failures.lua');
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
        const sum = await ADD_FAILURES.run(client, redisKey, [
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

import { randomUUID } from 'node:crypto';
import type { Opened } from '../../contract/opened.js';
import { openRedis, type RedisStores } from '../open-redis.js';

/** Waits for a busy machine: for tests of anything but a server that does not answer. */
export const PATIENT = { connectionTimeoutMs: 30_000, commandTimeoutMs: 30_000 };

/** Stores under a prefix of their own on the server that TEST_REDIS_ADDR names. */
export async function openTestRedis(): Promise<Opened<RedisStores>> {
  return openRedis({ addr: testRedisAddress(), keyPrefix: `test-${randomUUID()}:`, ...PATIENT });
}

export function testRedisAddress(): string {
  const addr = process.env['TEST_REDIS_ADDR'];
  if (addr === undefined) throw new Error('TEST_REDIS_ADDR must name a Redis server to test on');
  return addr;
}

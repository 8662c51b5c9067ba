import { randomUUID } from 'node:crypto';
import type { Opened } from '../../contract/opened.js';
import { openRedis, type RedisStores } from '../open-redis.js';

/** Stores under a prefix of their own on the server that TEST_REDIS_ADDR names. */
export async function openTestRedis(): Promise<Opened<RedisStores>> {
  return openRedis({ addr: testRedisAddress(), keyPrefix: `test-${randomUUID()}:` });
}

export function testRedisAddress(): string {
  const addr = process.env['TEST_REDIS_ADDR'];
  if (addr === undefined) throw new Error('TEST_REDIS_ADDR must name a Redis server to test on');
  return addr;
}

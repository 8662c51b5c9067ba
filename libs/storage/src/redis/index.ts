export { openRedis } from './open-redis.js';
export type { RedisStores } from './open-redis.js';
export type { RedisOptions } from './redis-options.js';

import { findDebianProgram } from './debian-program.mjs';

/** `redis-server`: the one named by TEST_REDIS_SERVER_BIN, else one that `findDebianProgram` finds. */
export function findRedisProgram() {
  const named = process.env.TEST_REDIS_SERVER_BIN;
  if (named) return { path: named, libraryPath: process.env.TEST_REDIS_LD_LIBRARY_PATH || undefined };
  return findDebianProgram({ name: 'redis-server', packageName: 'redis-server' });
}

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReplica } from '../drill/replica.mjs';
import { openPostgresServer, openRedisServer } from '../drill/stores.mjs';

/**
 * A Postgres, a Redis and API processes on both, ready.
 *
 * @param {{ replicas: number, env?: Record<string, string> }} options
 */
export async function openFleet({ replicas: count, env = {} }) {
  const folder = await mkdtemp(join(tmpdir(), 'smart-retry-fleet-'));
  const [postgres, redis] = await Promise.all([openPostgresServer(folder), openRedisServer()]);
  const replicas = [];
  const close = async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await Promise.all([postgres.stop(), redis.stop()]);
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    const stores = { RETRY_DATABASE_URL: postgres.url, RETRY_REDIS_ADDR: `127.0.0.1:${redis.port}` };
    // One by one: whoever is first brings the schema up to date.
    for (let i = 0; i < count; i++) {
      const ownFolder = join(folder, `api-${i}`);
      await mkdir(ownFolder, { recursive: true });
      const replica = await startReplica({ folder: ownFolder, env: { ...stores, ...env } });
      replicas.push(replica);
      await replica.untilReady();
    }
    return { folder, replicas, postgres, redis, close };
  } catch (error) {
    await close();
    throw error;
  }
}

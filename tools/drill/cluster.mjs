import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TcpGate } from '../../libs/storage/dist/testing/index.js';
import { createLinkLog } from './link-log.mjs';
import { startReplica } from './replica.mjs';
import { MAX_STALE_MS, REPLICAS } from './schedule.mjs';
import { openPostgresServer, openRedisServer } from './stores.mjs';

/** Postgres, Redis and three API processes, each of which reaches each store through a gate of its own. In a control, what protects an invariant is switched off. */
export async function openCluster({ switchedOff = null } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'smart-retry-drill-'));
  const [postgres, redis] = await Promise.all([openPostgresServer(folder), openRedisServer()]);
  const opened = [postgres, redis];
  const close = async () => {
    await Promise.all(opened.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    // Each is opened on its own, so that one that fails leaves none behind that nobody stops.
    const open = async (_, i) => {
      const replica = await openReplica(join(folder, `api-${i}`), { postgres, redis, switchedOff });
      opened.unshift(replica);
      return replica;
    };
    const starts = await Promise.allSettled(Array.from({ length: REPLICAS }, open));
    const failure = starts.find(({ status }) => status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    const replicas = starts.map(({ value }) => value);
    // Only now: whoever was first has brought the schema up to date.
    await Promise.all(replicas.map((replica) => replica.untilReady()));
    return { folder, switchedOff, postgres, redis, replicas, links: createLinkLog(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openReplica(folder, { postgres, redis, switchedOff }) {
  await mkdir(folder, { recursive: true });
  const gates = {
    postgres: new TcpGate({ host: '127.0.0.1', port: postgres.port }),
    redis: new TcpGate({ host: '127.0.0.1', port: redis.port }),
  };
  await Promise.all([gates.postgres.open(), gates.redis.open()]);
  const url = new URL(postgres.url);
  url.host = `127.0.0.1:${gates.postgres.port}`;
  const env = {
    RETRY_DATABASE_URL: url.href,
    RETRY_REDIS_ADDR: `127.0.0.1:${gates.redis.port}`,
    RETRY_MAX_STALE: `${MAX_STALE_MS}ms`,
    ...(switchedOff !== null && { DRILL_SWITCHED_OFF: switchedOff }),
  };
  const shut = () => Promise.all([gates.postgres.refuse(), gates.redis.refuse()]);
  const replica = await startReplica({ folder, env }).catch(async (error) => {
    await shut();
    throw error;
  });
  const stopProcess = replica.stop;
  const stop = async () => {
    await stopProcess();
    await shut();
  };
  return Object.assign(replica, { gates, stop });
}

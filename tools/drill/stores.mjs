import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../libs/storage/dist/embedded/index.js';
import { findFreePort } from '../servers/free-port.mjs';
import { startRedis } from '../servers/redis.mjs';

/** A Postgres that can crash and come back, on the same port with the same data. */
export async function openPostgresServer(folder) {
  const dataDir = join(folder, 'postgres');
  await mkdir(dataDir, { recursive: true });
  const loopbackPort = await findFreePort();
  // It survives its own death, which is all that happens here; only a loss of power would need more.
  const start = () => startEmbeddedPostgres({ dataDir, isDurable: false, loopbackPort });
  let server = await start();
  return {
    url: server.url,
    port: loopbackPort,
    /** Ends every connection and statement at once, as a crash does, and recovers after `downMs`. */
    async crash(downMs) {
      const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGQUIT');
      await server.stop();
      await sleep(downMs);
      server = await start();
    },
    stop: () => server.stop(),
  };
}

/** A Redis that can be killed, and comes back empty on the same port. */
export async function openRedisServer() {
  const port = await findFreePort();
  let server = await startRedis(undefined, { port });
  return {
    port,
    async kill9(downMs) {
      await server.kill9();
      await sleep(downMs);
      server = await startRedis(undefined, { port });
    },
    stop: () => server.stop(),
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../libs/storage/dist/embedded/index.js';
import { findFreePort } from './free-port.mjs';

/**
 * Starts a Postgres on a free port of 127.0.0.1 and a temporary folder: the embedded one, or the one in `binDir`.
 * It needs the built `libs/storage`, and ends with this process.
 *
 * @param {{ binDir?: string, isDurable?: boolean }} [options]
 * @returns {Promise<{ url: string, stop(): Promise<void> }>} the URL is a superuser's
 */
export async function startPostgres({ binDir, isDurable = false } = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'smart-retry-postgres-'));
  const server = await startEmbeddedPostgres({ dataDir, binDir, isDurable, loopbackPort: await findFreePort() });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

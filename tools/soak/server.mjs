import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startEmbeddedPostgres } from '../../libs/storage/dist/embedded/index.js';
import { startEcho } from '../bench/started-server.mjs';
import { ROOT } from '../bootstrap.mjs';
import { createCaller } from '../drill/call.mjs';
import { findFreePort } from '../servers/free-port.mjs';
import { startRedis } from '../servers/redis.mjs';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'in-soak.mjs')).href;
const MAIN = join(ROOT, 'apps', 'api', 'dist', 'main.js');
const START_TIMEOUT_MS = 120_000;
const LAST_WORDS = 2_000;
/** As short as it can be: the first day that is over is dropped in the soak's own midnight. */
const SETTINGS = { strategy: { data_collection: { retention_days: 1 } } };

/**
 * The built API on its embedded Postgres and a Redis of its own, and a bare echo beside it.
 *
 * @param {{ skewMs: number }} options how far ahead its clock is
 */
export async function openServer({ skewMs }) {
  const folder = await mkdtemp(join(tmpdir(), 'smart-retry-soak-'));
  const [redis, port] = await Promise.all([startRedis(), findFreePort()]);
  const settingsPath = join(folder, 'settings.json');
  await writeFile(settingsPath, JSON.stringify(SETTINGS));
  const logPath = join(folder, 'log');
  const log = openSync(logPath, 'a');
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('RETRY_'));
  const api = spawn(process.execPath, ['--expose-gc', `--import=${PRELOAD}`, MAIN], {
    cwd: folder,
    stdio: ['ignore', log, log, 'ipc'],
    env: {
      ...Object.fromEntries(inherited),
      NODE_ENV: 'production',
      RETRY_CONFIG: settingsPath,
      RETRY_PORT: String(port),
      RETRY_DATA_DIR: folder,
      RETRY_REDIS_ADDR: redis.address,
      RETRY_LOG_LEVEL: 'warn',
      DRILL_CLOCK_SKEW_MS: String(skewMs),
    },
  });
  closeSync(log);
  const exited = once(api, 'exit');
  const baseUrl = `http://127.0.0.1:${port}/api/v1/retry`;
  const call = createCaller(baseUrl);
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while ((await call('GET', '/health/ready'))?.status !== 200) {
    if (api.exitCode !== null || Date.now() > deadlineMs) {
      api.kill('SIGKILL');
      throw new Error(`the API did not get ready:\n${readFileSync(logPath, 'utf8').slice(-LAST_WORDS)}`);
    }
    await sleep(100);
  }
  // A second user of the server that the API has started.
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  const echo = await startEcho();
  return {
    call,
    callEcho: createCaller(echo.baseUrl),
    databaseUrl: postgres.url,
    redisAddress: redis.address,
    pid: api.pid,
    /** Lines of its log, which starts at warnings; what it says to whoever has typed `npm start` is no line of it. */
    warnings: () =>
      readFileSync(logPath, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{')),
    async askMemory({ collects }) {
      const answer = once(api, 'message');
      api.send({ collects });
      return (await answer)[0];
    },
    async stop() {
      if (api.exitCode === null && api.signalCode === null) api.kill('SIGTERM');
      const [exitCode] = await exited;
      await Promise.all([postgres.stop(), echo.stop(), redis.stop()]);
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      return exitCode;
    },
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../bootstrap.mjs';
import { findFreePort } from '../servers/free-port.mjs';
import { createCaller } from './call.mjs';

const MAIN = join(ROOT, 'apps', 'api', 'dist', 'main.js');
const PRELOAD = pathToFileURL(join(import.meta.dirname, 'in-drill.mjs')).href;
const START_TIMEOUT_MS = 180_000;
const POLL_MS = 50;
const LAST_WORDS = 2_000;

/**
 * One API process that can be killed and started again on the same port and data folder. A lifetime is the time from a
 * start to the death; they are numbered.
 *
 * @param {{ folder: string, env: Record<string, string> }} options settings, and those of `in-drill.mjs`
 */
export async function startReplica({ folder, env }) {
  const port = await findFreePort();
  const baseUrl = `http://127.0.0.1:${port}/api/v1/retry`;
  const call = createCaller(baseUrl);
  let child;
  let lifetime = -1;
  let skew = 0;
  const logPath = join(folder, 'log');
  const until = async (condition) => {
    const deadlineMs = Date.now() + START_TIMEOUT_MS;
    while (!(await condition())) {
      const { exitCode, signalCode } = child;
      if (exitCode !== null || signalCode !== null) {
        const lastWords = readFileSync(logPath, 'utf8').slice(-LAST_WORDS);
        throw new Error(`an API process ended by itself (${signalCode ?? exitCode}):\n${lastWords}`);
      }
      if (Date.now() > deadlineMs) {
        child.kill('SIGKILL');
        throw new Error('an API process did not get ready in time');
      }
      await sleep(POLL_MS);
    }
  };
  const start = async ({ skewMs = 0 } = {}) => {
    const log = openSync(logPath, 'a');
    const settings = Object.entries(process.env).filter(([name]) => !name.startsWith('RETRY_'));
    child = spawn(process.execPath, [`--import=${PRELOAD}`, MAIN], {
      cwd: folder,
      stdio: ['ignore', log, log],
      env: {
        ...Object.fromEntries(settings),
        ...env,
        NODE_ENV: 'production',
        RETRY_PORT: String(port),
        RETRY_DATA_DIR: folder,
        RETRY_LOG_LEVEL: 'warn',
        DRILL_CLOCK_SKEW_MS: String(skewMs),
      },
    });
    closeSync(log);
    skew = skewMs;
    lifetime += 1;
    await until(async () => (await call('GET', '/health'))?.status === 200);
  };
  await start();
  return {
    call,
    baseUrl,
    get lifetime() {
      return lifetime;
    },
    /** How far its clock is ahead. */
    get skewMs() {
      return skew;
    },
    untilReady: () => until(async () => (await call('GET', '/health/ready'))?.status === 200, child),
    start,
    async kill9() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    /** In order, as an orchestrator does. */
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

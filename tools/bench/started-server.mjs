import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../bootstrap.mjs';
import { findFreePort } from '../servers/free-port.mjs';

const START_TIMEOUT_MS = 120_000;
/** Of Linux on every platform that Node runs on. */
const CLOCK_TICKS_A_SECOND = 100;

/**
 * Starts the built API as `npm start` does, on the embedded default in a temporary folder.
 *
 * @param {{ cores?: string, preload?: string, env?: Record<string, string> }} [options] cores to run on, as taskset spells
 *   them, default all; a module to load before all others; settings besides port and folder
 */
export async function startApi({ cores, preload, env } = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'smart-retry-bench-'));
  const port = await findFreePort();
  const first = preload === undefined ? [] : ['--import', preload];
  const server = await start([...first, join(ROOT, 'apps/api/dist/main.js')], {
    cores,
    readyUrl: `http://127.0.0.1:${port}/api/v1/retry/health/ready`,
    env: { RETRY_PORT: String(port), RETRY_DATA_DIR: dataDir, ...env },
  });
  return {
    baseUrl: `http://127.0.0.1:${port}/api/v1/retry`,
    dataDir,
    cpuSeconds: server.cpuSeconds,
    memoryBytes: server.memoryBytes,
    signal: server.signal,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * Starts a bare echo.
 *
 * @param {{ cores?: string, framework?: 'nest' | 'fastify' }} [options] by default NestJS on Fastify
 */
export async function startEcho({ cores, framework = 'nest' } = {}) {
  const port = await findFreePort();
  const server = await start([join(ROOT, 'tools/bench/echo-server.mjs'), String(port), framework], {
    cores,
    readyUrl: `http://127.0.0.1:${port}/echo`,
    env: {},
  });
  return { baseUrl: `http://127.0.0.1:${port}`, cpuSeconds: server.cpuSeconds, stop: server.stop };
}

async function start(script, { cores, readyUrl, env }) {
  const pinned = cores === undefined ? [] : ['taskset', '-c', cores];
  const [command, ...rest] = [...pinned, process.execPath, ...script];
  const settings = Object.entries(process.env).filter(([name]) => !name.startsWith('RETRY_'));
  const server = spawn(command, rest, {
    cwd: join(ROOT, 'apps/api'),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...Object.fromEntries(settings), NODE_ENV: 'production', ...env },
  });
  const exited = once(server, 'exit');
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (!(await isReady(readyUrl))) {
    if (server.exitCode !== null || Date.now() > deadlineMs) throw new Error(`${script[0]} did not get ready`);
    await sleep(50);
  }
  return {
    cpuSeconds: () => readCpuSeconds(server.pid),
    memoryBytes: () => readMemoryBytes(server.pid),
    signal: (name) => server.kill(name),
    async stop() {
      server.kill('SIGTERM');
      await exited;
    },
  };
}

/** Any answer that is not "unavailable": the echo has no GET route and says 404. */
async function isReady(url) {
  try {
    return (await fetch(url)).status !== 503;
  } catch {
    return false;
  }
}

/** Resident memory of a process. */
function readMemoryBytes(pid) {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kib) * 1_024;
}

/** Processor time of a process and all of its threads, in user and kernel mode. */
function readCpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [userTicks, systemTicks] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(userTicks) + Number(systemTicks)) / CLOCK_TICKS_A_SECOND;
}

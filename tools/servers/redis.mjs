import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './free-port.mjs';
import { startGuarded } from './guarded-process.mjs';
import { findRedisProgram } from './redis-program.mjs';

const START_TIMEOUT_MS = 10_000;

/**
 * Starts a Redis that keeps nothing, on a free port of 127.0.0.1. It ends with this process.
 *
 * @param {ReturnType<typeof findRedisProgram>} [program]
 * @returns {Promise<{ address: string, stop(): Promise<void> }>} the address is `host:port`
 */
export async function startRedis(program = findRedisProgram()) {
  const folder = await mkdtemp(join(tmpdir(), 'smart-retry-redis-'));
  const port = await findFreePort();
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'];
  const env =
    program.libraryPath === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: program.libraryPath };
  const logPath = join(folder, 'log');
  const server = startGuarded([program.path, ...settings], { logPath, env });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (!(await answersPing(port))) {
    if (server.hasExited() || Date.now() > deadlineMs) {
      const log = await readFile(logPath, 'utf8');
      await stop();
      throw new Error(`redis-server did not start:\n${log}`);
    }
    await sleep(20);
  }
  return { address: `127.0.0.1:${port}`, stop };
}

async function answersPing(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return answer.toString() === '+PONG\r\n';
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

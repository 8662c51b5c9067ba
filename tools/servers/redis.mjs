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
 * Starts a Redis that keeps nothing, on a port of 127.0.0.1 (default: a free one). It ends with this process.
 *
 * @param {ReturnType<typeof findRedisProgram>} [program]
 * @param {{ port?: number }} [options]
 * @returns {Promise<{ address: string, kill9(): Promise<void>, stop(): Promise<void> }>} the address is `host:port`
 */
export async function startRedis(program = findRedisProgram(), { port: givenPort } = {}) {
  const port = givenPort ?? (await findFreePort());
  const folder = await mkdtemp(join(tmpdir(), 'smart-retry-redis-'));
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
  const kill9 = async () => {
    process.kill(Number(/process_id:(\d+)/.exec(await ask(port, 'INFO server\r\n'))?.[1]), 'SIGKILL');
    await stop();
  };
  return { address: `127.0.0.1:${port}`, kill9, stop };
}

async function answersPing(port) {
  return (await ask(port, 'PING\r\n').catch(() => '')) === '+PONG\r\n';
}

async function ask(port, command) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(command);
    const [answer] = await once(socket, 'data');
    return answer.toString();
  } finally {
    socket.destroy();
  }
}

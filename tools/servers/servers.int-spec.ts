import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const modules = new URL('.', import.meta.url).href;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'servers-'));
});

afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Another process that starts a server, tells where, and waits to be killed. */
async function startElsewhere(module: string, start: string): Promise<{ port: number; kill(): Promise<void> }> {
  const script = `
    import { ${start} } from ${JSON.stringify(modules + module)};
    const server = await ${start}();
    console.log(server.address ?? new URL(server.url).host);
    process.stdin.resume().once('end', () => process.exit());
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  const [address] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    port: Number(address.toString().split(':')[1]),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('servers of a run', () => {
  it.each([
    ['redis.mjs', 'startRedis'],
    ['postgres.mjs', 'startPostgres'],
  ])('%s: serves, and stops when the run is killed', async (module, start) => {
    const server = await startElsewhere(module, start);
    expect(await isListening(server.port)).toBe(true);
    await server.kill();
    while (await isListening(server.port)) await sleep(10);
    expect(await isListening(server.port)).toBe(false);
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { findPostmaster, type Postmaster } from './postmaster.js';
import { runCommand } from './run-command.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './start-embedded-postgres.js';

const built = new URL('../../dist/embedded/index.js', import.meta.url).href;

/** A process of its own that holds a share until it is killed; it does not outlive an interrupted test. */
const HOLDER = `
import { startEmbeddedPostgres } from ${JSON.stringify(built)};
const server = await startEmbeddedPostgres({ dataDir: process.argv[1], isDurable: false });
console.log(server.url);
process.stdin.resume().once('end', () => process.exit());
`;

let template: string;
let dataDir: string;
let shares: EmbeddedPostgres[];
let holders: ChildProcess[];

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'embedded-template-'));
  await (await startEmbeddedPostgres({ dataDir: template, isDurable: false })).stop();
});

afterAll(() => rm(template, { recursive: true, force: true }));

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-'));
  await runCommand(['cp', '-a', join(template, 'postgres'), dataDir]);
  shares = [];
  holders = [];
});

afterEach(async () => {
  for (const holder of holders) holder.kill('SIGKILL');
  for (const share of shares) await share.stop();
  await untilStopped();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  const share = await startEmbeddedPostgres({ dataDir: folder, isDurable: false });
  shares.push(share);
  return share;
}

async function startHolder(): Promise<{ process: ChildProcess; url: string }> {
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  holders.push(holder);
  const [url] = (await once(holder.stdout, 'data')) as [Buffer];
  return { process: holder, url: url.toString().trim() };
}

async function kill(victim: ChildProcess): Promise<void> {
  victim.kill('SIGKILL');
  await once(victim, 'exit');
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

function running(): Promise<Postmaster | undefined> {
  return findPostmaster(join(dataDir, 'postgres'));
}

async function untilStopped(): Promise<void> {
  while ((await running()) !== undefined) await sleep(10);
}

/** The shell between the server and its users. */
async function guardOf(postmaster: Postmaster): Promise<number> {
  const status = await readFile(`/proc/${postmaster.pid}/status`, 'utf8');
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
}

describe('startEmbeddedPostgres', () => {
  it('keeps what was written over a stop and a start', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    await first.stop();
    expect(await running()).toBeUndefined();

    const second = await start();
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([42]);
  });

  it('speaks UTF-8, compares by code point, and is durable unless told otherwise', async () => {
    const share = await startEmbeddedPostgres({ dataDir: join(dataDir, 'new') });
    shares.push(share);
    expect(
      await query(share.url, `SELECT current_setting('server_encoding'), 'Z' < 'a', current_setting('fsync')`),
    ).toEqual(['UTF8', true, 'on']);
  });

  it('lets only its own user reach the data and the socket, and opens no port', async () => {
    const { url } = await start();
    for (const folder of ['postgres', 'postgres-run'])
      expect((await stat(join(dataDir, folder))).mode & 0o777).toBe(0o700);
    expect(await query(url, 'SHOW listen_addresses')).toEqual(['']);
  });

  it('works below a path that is too long for a socket', async () => {
    const deep = join(dataDir, 'x'.repeat(120));
    const share = await start(deep);
    expect(await query(share.url, 'SELECT 1')).toEqual([1]);
    await share.stop();
    expect(await findPostmaster(join(deep, 'postgres'))).toBeUndefined();
  });

  it('works below a path with quotes, commas, blanks and letters beyond ASCII', async () => {
    const share = await start(join(dataDir, `ü "a", b's`));
    expect(await query(share.url, 'SELECT 1')).toEqual([1]);
  });

  it('serves a loopback port when asked to', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    const share = await startEmbeddedPostgres({
      dataDir: join(dataDir, 'new'),
      isDurable: false,
      loopbackPort: port,
    });
    shares.push(share);
    expect(new URL(share.url).host).toBe(`127.0.0.1:${port}`);
    expect(await query(share.url, 'SELECT 1')).toEqual([1]);
  });

  it('is shared by starts on the same folder, concurrent first ones included, and the last one stops it', async () => {
    const folder = join(dataDir, 'new');
    const [first, second, third] = await Promise.all([start(folder), start(folder), start(folder)]);
    expect(new Set([first.url, second.url, third.url]).size).toBe(1);
    await first.stop();
    await second.stop();
    expect(await query(third.url, 'SELECT 1')).toEqual([1]);
    await third.stop();
    expect(await findPostmaster(join(folder, 'postgres'))).toBeUndefined();
  });

  it('stops when the process that started it is killed', async () => {
    const holder = await startHolder();
    expect(await query(holder.url, 'SELECT 1')).toEqual([1]);
    await kill(holder.process);
    await untilStopped();
    expect(await running()).toBeUndefined();
  });

  it('goes on for another process when the one that started it is killed', async () => {
    const holder = await startHolder();
    const share = await start();
    const before = await running();
    await kill(holder.process);
    expect(await query(share.url, 'SELECT 1')).toEqual([1]);
    expect((await running())?.pid).toBe(before?.pid);
  });

  it('replaces a server whose guard was killed and whose users are gone', async () => {
    const holder = await startHolder();
    await query(holder.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    const orphan = await running();
    if (orphan === undefined) throw new Error('no server');
    process.kill(await guardOf(orphan), 'SIGKILL');
    await kill(holder.process);

    const share = await start();
    expect(await query(share.url, 'SELECT n FROM kept')).toEqual([42]);
    await share.stop();
    expect(await running()).toBeUndefined();
  });

  // Postgres' smart stop, which waits for every session to leave, its fast and its immediate one.
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
    'starts again after %s from a stranger',
    async (signal) => {
      const share = await start();
      await query(share.url, 'CREATE TABLE kept AS SELECT 42 AS n');
      const session = new pg.Client({ connectionString: share.url }).on('error', () => undefined);
      await session.connect();
      const victim = await running();
      if (victim === undefined) throw new Error('no server');
      process.kill(victim.pid, signal);
      for (let next = victim; next.pid === victim.pid || !next.isReady; next = (await running()) ?? victim)
        await sleep(10);
      expect(await query(share.url, 'SELECT n FROM kept')).toEqual([42]);
    },
  );

  it('stays stopped after its last user, though it was stopped by a stranger and started again before', async () => {
    const share = await start();
    const victim = await running();
    if (victim === undefined) throw new Error('no server');
    process.kill(victim.pid, 'SIGINT');
    // At the latest while the guard pauses before the next start.
    await share.stop();
    const inUsePath = join(dataDir, 'postgres-run', 'in-use');
    while (existsSync(inUsePath) || (await running()) !== undefined) await sleep(10);
    expect(await running()).toBeUndefined();
  });

  it('is not misled by a lock file whose process id now belongs to a stranger', async () => {
    const share = await start();
    const lockPath = join(dataDir, 'postgres', 'postmaster.pid');
    const lock = await readFile(lockPath, 'utf8');
    await share.stop();
    await writeFile(lockPath, lock.replace(/^\d+/, String(process.pid)));
    await writeFile(join(dataDir, 'postgres-run', '.s.PGSQL.5432.lock'), `${process.pid}\n`);
    expect(await query((await start()).url, 'SELECT 1')).toEqual([1]);
  });

  it("refuses another major version's folder, untouched, and says how to move its content", async () => {
    await (await start()).stop();
    const versionPath = join(dataDir, 'postgres', 'PG_VERSION');
    await writeFile(versionPath, '15\n');
    await expect(start()).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringMatching(/PostgreSQL 15.*pg_dump.*pg_restore/s),
    });
    expect(await readFile(versionPath, 'utf8')).toBe('15\n');
  });

  it('fails with the end of its log when the server cannot start', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'postgres', 'postgresql.conf'), 'no_such_parameter = 1\n');
    await expect(start()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: { message: expect.stringContaining('no_such_parameter') },
    });
  });

  it('leaves no half-made folder behind when the cluster cannot be made', async () => {
    const binDir = join(dataDir, 'bin');
    await mkdir(binDir);
    await writeFile(join(binDir, 'postgres'), '#!/bin/sh\necho 18.4\n', { mode: 0o755 });
    await writeFile(join(binDir, 'initdb'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const folder = join(dataDir, 'new');
    await expect(startEmbeddedPostgres({ dataDir: folder, binDir })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(await readdir(folder)).toEqual(['postgres-run']);
  });

  it('says so when the programs cannot be run', async () => {
    const failing = startEmbeddedPostgres({ dataDir, binDir: join(dataDir, 'nowhere') });
    await expect(failing).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
  });
});

import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './has-code.js';
import { runCommand } from './run-command.js';

/** A running server, as its lock file tells. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly socketDir: string;
  /** Whether it takes connections. */
  readonly isReady: boolean;
  /** Whether it was told to stop, in whatever way. */
  readonly isStopping: boolean;
}

/** The server that runs on `clusterDir`; undefined when none does, whatever a lock file says. */
export async function findPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const lines = await readLines(join(clusterDir, 'postmaster.pid'));
  // https://www.postgresql.org/docs/current/storage-file-layout.html: pid, folder, start, port, socket folder, address, memory, status
  const [pid, , , port, socketDir, , , status] = lines;
  if (pid === undefined || port === undefined || socketDir === undefined) return undefined;
  if (!(await isServerOf(clusterDir, Number(pid)))) return undefined;
  const state = status?.trim();
  return {
    pid: Number(pid),
    port: Number(port),
    socketDir,
    isReady: state === 'ready',
    isStopping: state === 'stopping',
  };
}

/** Asks a server, unless it has ended, for Postgres' fast stop: sessions end, every commit is kept. */
export function stopFast({ pid }: Postmaster): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/**
 * Removes lock files that a killed server left behind and whose process id now belongs to a stranger: Postgres would take
 * the stranger for a server. This is common in containers, where ids are small and few.
 */
export async function discardForeignLocks(clusterDir: string, socketLockPath: string): Promise<void> {
  for (const path of [join(clusterDir, 'postmaster.pid'), socketLockPath]) {
    const [pid] = await readLines(path);
    if (pid === undefined || (await isServerOf(clusterDir, Number(pid)))) continue;
    const [pidNow] = await readLines(path);
    if (pidNow === pid) await unlink(path);
  }
}

async function readLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n');
  } catch {
    return [];
  }
}

async function isServerOf(clusterDir: string, pid: number): Promise<boolean> {
  return (await readCommandLine(pid)).includes(`/postgres -D ${clusterDir} `);
}

/** The arguments of a process, separated by spaces; empty when there is no such process. */
async function readCommandLine(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    }
    return await runCommand(['ps', '-ww', '-o', 'args=', '-p', String(pid)]);
  } catch {
    return '';
  }
}

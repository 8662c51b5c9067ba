import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The process id of the embedded Postgres that runs on an API's data folder, as its lock file tells; null without one. */
export async function findServerPid(dataDir: string): Promise<number | null> {
  try {
    const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    return Number(pid);
  } catch {
    return null;
  }
}

/** Whether a process of this id runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

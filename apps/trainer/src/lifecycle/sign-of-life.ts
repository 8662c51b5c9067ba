import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EpochMs } from '@smart-retry/domain';

/** Silent for longer than this, a trainer is taken for dead by whoever watches its container. */
const MAX_SILENCE_MS = 60_000;

function pathIn(dataDir: string): string {
  return join(dataDir, 'trainer.alive');
}

/** Leaves a sign in the data folder that the trainer's heartbeat has just reached the database. */
export async function giveSignOfLife(dataDir: string): Promise<void> {
  const path = pathIn(dataDir);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, '');
}

/** Whether a trainer with this data folder has given a sign of life within the last minute. */
export async function hasSignOfLife(dataDir: string, nowMs: EpochMs): Promise<boolean> {
  const found = await stat(pathIn(dataDir)).catch(() => null);
  return found !== null && nowMs - found.mtimeMs < MAX_SILENCE_MS;
}

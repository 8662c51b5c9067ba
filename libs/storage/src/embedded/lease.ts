import { closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { hasCode } from './has-code.js';
import { runCommand } from './run-command.js';

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/**
 * A share in the running server, held by keeping a named pipe open for writing. The kernel counts the holders, and lets go
 * of a share when its process ends in whatever way: the guard, which reads the pipe, sees its end when nobody is left.
 */
export interface Lease {
  close(): void;
}

/** Makes the pipe unless it is there. */
export async function createLeasePipe(path: string): Promise<void> {
  if (existsSync(path)) return;
  await runCommand(['mkfifo', '-m', '600', path]).catch((cause: unknown) => {
    if (!existsSync(path)) throw cause;
  });
}

/** A share in the server whose guard reads the pipe; undefined when no guard does. */
export function openLease(path: string): Lease | undefined {
  try {
    const fd = openSync(path, O_WRONLY | O_NONBLOCK);
    return { close: () => closeSync(fd) };
  } catch (error) {
    if (hasCode(error, 'ENXIO')) return undefined;
    throw error;
  }
}

/** The guard's end of the pipe: a descriptor whose reads block until nobody holds a lease. */
export function openLeaseReader(path: string): number {
  // A blocking open waits for a writer; a descriptor for both directions is one, and never waits itself.
  const both = openSync(path, O_RDWR);
  try {
    return openSync(path, O_RDONLY);
  } finally {
    closeSync(both);
  }
}

/** Whether any process holds a lease. */
export function isLeased(path: string): boolean {
  const fd = openSync(path, O_RDONLY | O_NONBLOCK);
  try {
    readSync(fd, Buffer.alloc(1));
    return false;
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return true;
    throw error;
  } finally {
    closeSync(fd);
  }
}

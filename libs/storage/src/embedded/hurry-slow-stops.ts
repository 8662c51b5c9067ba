import type { Layout } from './layout.js';
import { findPostmaster, stopFast } from './postmaster.js';

const LOOK_INTERVAL_MS = 1_000;

/**
 * Makes a server that somebody else told to stop do so at once, so that the guard starts it again. Postgres' smart stop
 * (SIGTERM) lets nobody in and waits for every session to leave, which a pool that is in use never does. Until the answer
 * is called.
 */
export function hurrySlowStops({ clusterDir }: Layout): () => void {
  const look = async (): Promise<void> => {
    const postmaster = await findPostmaster(clusterDir);
    if (postmaster?.isStopping === true) stopFast(postmaster);
  };
  // What cannot be looked at or signalled now is looked at again.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

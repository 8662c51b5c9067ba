import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

/** Repeats an attempt until it succeeds; after 20 s the failure stands. */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const endMs = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await sleep(50);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/** Repeats assertions until they hold; after `deadlineMs` their last failure is the test's. */
export async function untilPasses<T>(
  assertions: () => Promise<T>,
  { deadlineMs = 20_000 }: { readonly deadlineMs?: number } = {},
): Promise<T> {
  const endMs = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await assertions();
    } catch (error) {
      if (Date.now() >= endMs) throw error;
      await sleep(POLL_MS);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';

export interface RepeatOptions {
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
}

/** Runs `task` now and then again `intervalMs` after it ended, until the answer is called. */
export function repeat(task: () => Promise<unknown>, { intervalMs, onError }: RepeatOptions): () => void {
  const stopping = new AbortController();
  const run = async () => {
    while (!stopping.signal.aborted) {
      await task().catch(onError);
      await sleep(intervalMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  };
  void run();
  return () => stopping.abort();
}

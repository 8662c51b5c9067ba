export interface RepeatOptions {
  readonly intervalMs: number;
  /** Until the first run; default: `intervalMs`. */
  readonly firstMs?: number;
  /** After a run that failed; default: `intervalMs`. */
  readonly retryMs?: number;
  readonly onError: (error: unknown) => void;
}

/** Runs `task`, and again `intervalMs` after it has ended, until the function answered is called. */
export function repeat(
  task: () => Promise<void>,
  { intervalMs, firstMs = intervalMs, retryMs = intervalMs, onError }: RepeatOptions,
): () => void {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const wait = (waitMs: number) => {
    if (isStopped) return;
    timer = setTimeout(() => void run().then(wait), waitMs);
    timer.unref();
  };
  const run = async () => {
    try {
      await task();
      return intervalMs;
    } catch (error) {
      onError(error);
      return retryMs;
    }
  };
  wait(firstMs);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

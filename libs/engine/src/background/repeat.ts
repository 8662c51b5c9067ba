export interface RepeatOptions {
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
}

/** Runs `task` after `intervalMs`, and again `intervalMs` after it has ended, until the function answered is called. */
export function repeat(task: () => Promise<void>, { intervalMs, onError }: RepeatOptions): () => void {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    if (isStopped) return;
    timer = setTimeout(() => void task().catch(onError).finally(wait), intervalMs);
    timer.unref();
  };
  wait();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

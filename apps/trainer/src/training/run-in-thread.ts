import { Worker } from 'node:worker_threads';
import type { TrainingFailure } from '@smart-retry/domain';
import type { ThreadMessage, ThreadResult, TrainingTask } from './training-task.js';

export type ThreadOutcome =
  | { readonly result: ThreadResult }
  | { readonly failure: TrainingFailure; readonly isDefect: boolean; readonly stack?: string };

export interface TrainingThread {
  /** Share that is done, 0–1. */
  readonly progress: () => number;
  /** Never rejects; null when it was stopped. */
  readonly outcome: Promise<ThreadOutcome | null>;
  /** Ends it at once, wherever it is: it has changed nothing outside itself. */
  stop(): void;
}

/** Old space that one training may take, in MiB; beyond it the training fails, and the trainer goes on. */
const MAX_HEAP_MIB = 4_096;

/** Trains in a thread of its own, so that heartbeats and other jobs go on meanwhile. */
export function trainInThread(task: TrainingTask): TrainingThread {
  let progress = 0;
  let isStopped = false;
  const worker = new Worker(new URL('./train-thread.js', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
  });
  const outcome = new Promise<ThreadOutcome | null>((resolve) => {
    const fail = (message: string, stack?: string) =>
      resolve({ failure: { code: 'TRAINING_FAILED', message }, isDefect: true, ...(stack !== undefined && { stack }) });
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'progress') progress = message.share;
      else if (message.kind === 'trained') resolve({ result: message.result });
      else resolve(message);
    });
    worker.on('error', (error: Error) => fail('the training thread failed', error.stack));
    worker.on('exit', () => (isStopped ? resolve(null) : fail('the training thread ended before it was done')));
  });
  return {
    progress: () => progress,
    // Nothing of it is left running, whatever it still waits for.
    outcome: outcome.finally(() => void worker.terminate()),
    stop: () => {
      isStopped = true;
      void worker.terminate();
    },
  };
}

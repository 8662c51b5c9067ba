import type { TrainingOptions } from './training-options.js';

/** Between two steps of training: tells how far it is, lets others run, and ends it when that is wanted. */
export interface Stepper {
  /** The next steps lie between these shares of the whole work. */
  enter(from: number, to: number): void;
  /** Called with the share, 0–1, of what was entered last. */
  readonly step: (share: number) => Promise<void>;
}

/** A stepper over the caller's options. Progress never falls. */
export function createStepper({ onProgress, signal, pause }: TrainingOptions): Stepper {
  let [from, to, told] = [0, 0, 0];
  return {
    enter(nextFrom, nextTo) {
      [from, to] = [nextFrom, nextTo];
    },
    async step(share) {
      told = Math.max(told, from + (to - from) * share);
      onProgress?.(told);
      await pause?.();
      signal?.throwIfAborted();
    },
  };
}

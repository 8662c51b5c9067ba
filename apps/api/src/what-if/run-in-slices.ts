import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest time, in milliseconds, for which other requests wait behind a piece of long work. */
const SLICE_MS = 8;

/** Runs work that yields to its end, and lets the event loop turn whenever a slice of time is used up. */
export async function runInSlices<T>(work: Generator<unknown, T>): Promise<T> {
  let sliceEndsAtMs = performance.now() + SLICE_MS;
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() < sliceEndsAtMs) continue;
    await nextTurn();
    sliceEndsAtMs = performance.now() + SLICE_MS;
  }
}

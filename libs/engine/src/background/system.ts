import type { Clock } from '@smart-retry/domain';

const POOLED_WORDS = 1_024;

/** The machine's clock. */
export const systemClock: Clock = () => Date.now();

/** A source of uniform 32-bit integers from the platform's secure generator. */
export function createRandomWords(): () => number {
  // One call to the generator costs about as much as a whole decision; a thousand words at once cost the same.
  const pool = new Uint32Array(POOLED_WORDS);
  let used = POOLED_WORDS;
  return () => {
    if (used === POOLED_WORDS) {
      globalThis.crypto.getRandomValues(pool);
      used = 0;
    }
    return pool[used++] ?? 0;
  };
}

/** `length` random bytes from the platform's secure generator. */
export function secureRandomBytes(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

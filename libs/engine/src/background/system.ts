import type { Clock } from '@smart-retry/domain';

/** The machine's clock. */
export const systemClock: Clock = () => Date.now();

/** A uniform 32-bit integer from the platform's secure generator. */
export function secureRandomWord(): number {
  return secureRandomBytes(4).reduce((word, byte) => word * 256 + byte, 0);
}

/** `length` random bytes from the platform's secure generator. */
export function secureRandomBytes(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

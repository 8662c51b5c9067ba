import { createRng, type Rng } from '@smart-retry/domain';
import { hashText } from '@smart-retry/ml';

/** A generator of its own for each purpose and number, so that one more draw here moves nothing there. */
export function rngFor(seed: number, purpose: string, number = 0): Rng {
  return createRng([seed | 0, hashText(purpose) | 0, number | 0, 0x5eed]);
}

/** A random order of 0 … n − 1 (Fisher and Yates). */
export function permutation(n: number, rng: Rng): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

import { createRng } from '@smart-retry/domain';
import { retryAfter, STOP, type Decider } from '../decider.js';
import { uniform } from '../random.js';

/** Base and cap as the AWS SDKs had them when the article was theirs to apply; attempts as our own guardrail allows. */
export const JITTERED = { baseMs: 100, capMs: 20_000, maxAttempts: 10 } as const;

/**
 * Full jitter: `U(0, min(cap, base·2^n))`.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function createFullJitter(seed: number): Decider {
  const rng = createRng([seed, 0x6675, 0x6c6c, 0]);
  const { baseMs, capMs, maxAttempts } = JITTERED;
  return {
    name: 'full-jitter',
    decide({ attemptNumber }) {
      if (attemptNumber >= maxAttempts) return STOP;
      return retryAfter(uniform(rng, 0, Math.min(capMs, baseMs * 2 ** attemptNumber)));
    },
  };
}

/** Decorrelated jitter, of the same article: `min(cap, U(base, 3·last))`. */
export function createDecorrelatedJitter(seed: number): Decider {
  const rng = createRng([seed, 0x6465, 0x636f, 0]);
  const { baseMs, capMs, maxAttempts } = JITTERED;
  const lastMs = new Map<string, number>();
  return {
    name: 'decorrelated',
    decide({ jobId, attemptNumber }) {
      if (attemptNumber >= maxAttempts) return STOP;
      const delayMs = Math.min(capMs, uniform(rng, baseMs, 3 * (lastMs.get(jobId) ?? baseMs)));
      lastMs.set(jobId, delayMs);
      return retryAfter(delayMs);
    },
  };
}

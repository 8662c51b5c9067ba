import { createRng } from '@smart-retry/domain';
import { retryAfter, STOP, type Decider } from '../decider.js';

export const SIDEKIQ = { retries: 25 } as const;

/**
 * Sidekiq's default: `n⁴ + 15 + rand(10)·(n + 1)` seconds before retry n + 1, n from 0.
 *
 * @see https://github.com/sidekiq/sidekiq/wiki/Error-Handling
 */
export function createSidekiq(seed: number): Decider {
  const rng = createRng([seed, 0x7369, 0x6465, 0x6b69]);
  return {
    name: 'sidekiq',
    decide({ attemptNumber }) {
      const n = attemptNumber - 1;
      if (n >= SIDEKIQ.retries) return STOP;
      return retryAfter(1_000 * (n ** 4 + 15 + Math.floor(rng() * 10) * (n + 1)));
    },
  };
}

export const BULLMQ = { attempts: 5, delayMs: 1_000 } as const;

/**
 * BullMQ's `exponential` backoff, `delay·2^(n − 1)` after attempt n, with the delay of its own documentation and five attempts.
 *
 * @see https://docs.bullmq.io/guide/retrying-failing-jobs
 */
export function createBullMq(): Decider {
  const { attempts, delayMs } = BULLMQ;
  return {
    name: 'bullmq',
    decide: ({ attemptNumber: n }) => (n >= attempts ? STOP : retryAfter(delayMs * 2 ** (n - 1))),
  };
}

export const TEMPORAL = { initialMs: 1_000, coefficient: 2, maxMs: 100_000 } as const;

/**
 * Temporal's default for activities: 1 s, doubled up to 100 s, without end.
 *
 * @see https://docs.temporal.io/encyclopedia/retry-policies
 */
export function createTemporal(): Decider {
  const { initialMs, coefficient, maxMs } = TEMPORAL;
  return {
    name: 'temporal',
    decide: ({ attemptNumber: n }) => retryAfter(Math.min(maxMs, initialMs * coefficient ** (n - 1))),
  };
}

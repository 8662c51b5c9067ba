import { createRng } from '@smart-retry/domain';
import { retryAfter, STOP, type Decider } from '../decider.js';
import { uniform } from '../random.js';

/** The largest attempts that gRPC allows, with the backoff and the throttling of its design document's examples. */
export const GRPC = {
  maxAttempts: 5,
  initialMs: 100,
  multiplier: 2,
  maxMs: 1_000,
  maxTokens: 10,
  tokenRatio: 0.1,
} as const;

/**
 * Retries while more than half of the tokens are there: each failed call takes one, each success gives back a tenth.
 *
 * @see https://github.com/grpc/proposal/blob/master/A6-client-retries.md
 */
export function createGrpc(seed: number): Decider {
  const rng = createRng([seed, 0x6772, 0x7063, 0]);
  const tokensOf = new Map<string, number>();
  return {
    name: 'grpc',
    decide({ attemptNumber, dependency }) {
      const tokens = tokensOf.get(dependency) ?? GRPC.maxTokens;
      if (attemptNumber >= GRPC.maxAttempts || tokens <= GRPC.maxTokens / 2) return STOP;
      return retryAfter(uniform(rng, 0, Math.min(GRPC.maxMs, GRPC.initialMs * GRPC.multiplier ** (attemptNumber - 1))));
    },
    observeCall({ dependency, success }) {
      const tokens = (tokensOf.get(dependency) ?? GRPC.maxTokens) + (success ? GRPC.tokenRatio : -1);
      tokensOf.set(dependency, Math.min(GRPC.maxTokens, Math.max(0, tokens)));
    },
  };
}

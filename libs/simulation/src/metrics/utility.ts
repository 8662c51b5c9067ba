import type { Objective } from '@smart-retry/domain';
import type { FailedJobTrace } from '../trace.js';

/**
 * `U = g(T)·1[success] − Σ_k attemptCost·g(t_k)`, `g(t) = 2^(−t / valueHalfLife)`: T from the first failure to the
 * success, t_k to the start of the k-th retry.
 */
export function utilityOf(trace: FailedJobTrace, { valueHalfLifeMs, attemptCost }: Objective): number {
  const discount = (atMs: number) => 2 ** (-(atMs - trace.firstFailedAtMs) / valueHalfLifeMs);
  let utility = 0;
  for (const retry of trace.retries) {
    utility -= attemptCost * discount(retry.atMs);
    if (retry.succeeded) utility += discount(retry.endedAtMs);
  }
  return utility;
}

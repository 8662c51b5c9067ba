import type { Objective } from '@smart-retry/domain';
import type { Exclusion, JobStep } from './job-steps.js';

/** Discounted utility from a failure on, as logged; or why it is not known. */
export type LoggedValue = { readonly value: number } | { readonly unknown: Exclusion };

/**
 * The value after each failure of a job, in order, from the last one backwards:
 * `V = g(wait)·(g(processing)·(1 or V of the next failure) − attemptCost)`, 0 after a stop, `g(t) = 2^(−t / valueHalfLife)`.
 */
export function valuesOf(
  steps: readonly JobStep[],
  { valueHalfLifeMs, attemptCost }: Objective,
  isPending: (step: JobStep) => boolean,
): LoggedValue[] {
  const discount = (ms: number) => 2 ** (-ms / valueHalfLifeMs);
  const values: LoggedValue[] = [];
  let later: LoggedValue = { unknown: 'missing_attempt' };
  for (const step of [...steps].reverse()) {
    if (step.next === 'nothing') later = isPending(step) ? { unknown: 'pending' } : { value: 0 };
    else if (step.next !== 'retry') later = { unknown: step.next };
    else {
      const after: LoggedValue = step.retry.success ? { value: 1 } : later;
      const processedMs = step.retry.processingTimeMs ?? 0;
      later =
        'unknown' in after
          ? after
          : { value: discount(step.waitedMs) * (discount(processedMs) * after.value - attemptCost) };
    }
    values.push(later);
  }
  return values.reverse();
}

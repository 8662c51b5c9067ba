import { BUILT_IN_POLICY, type RetryPolicy, type Strategy } from '@smart-retry/domain';

/** How far learned layers may go. */
export interface LearnedBounds {
  /** Executions allowed, the first included. */
  readonly maxAttempts: number;
  readonly maxDelayMs: number;
}

/** The policy's own bounds for learned layers, else the strategy's, else its attempts; never beyond the guardrails'. */
export function learnedBoundsOf(
  { guardrails, learnedMaxAttempts }: Pick<Strategy, 'guardrails' | 'learnedMaxAttempts'>,
  policy: RetryPolicy | null,
): LearnedBounds {
  const bounding = policy ?? BUILT_IN_POLICY;
  return {
    maxAttempts: Math.min(
      bounding.learnedMaxAttempts ?? learnedMaxAttempts ?? bounding.maxAttempts,
      guardrails.maxAttempts,
    ),
    maxDelayMs: Math.min(bounding.learnedMaxDelayMs ?? guardrails.maxDelayMs, guardrails.maxDelayMs),
  };
}

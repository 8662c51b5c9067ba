import type { MatchableJob, PolicyEvaluation } from '@smart-retry/rules';
import type { ConfigurationSnapshot } from './configuration-snapshot.js';

export interface PolicyTest {
  /** The policy that bounds decisions for this job; null when none matches and the built-in default answers. */
  readonly matched: string | null;
  /** Whether that policy forbids retries as a validation error. */
  readonly isValidationStop: boolean;
  readonly evaluations: readonly PolicyEvaluation[];
}

/** Which policy a job would match, and why each of the others does not. */
export function explainMatch({ policies }: ConfigurationSnapshot, job: MatchableJob): PolicyTest {
  const { policy, validationPolicy } = policies.match(job);
  return {
    matched: (validationPolicy ?? policy)?.name ?? null,
    isValidationStop: validationPolicy !== null,
    evaluations: policies.explain(job),
  };
}

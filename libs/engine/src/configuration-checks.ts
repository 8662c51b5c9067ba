import {
  SmartRetryError,
  policyProblems,
  strategyProblems,
  throwIfProblems,
  type FieldProblem,
  type RetryPolicy,
  type Strategy,
} from '@smart-retry/domain';
import { patternProblems } from '@smart-retry/rules';

/** Every problem of a strategy, patterns included. */
export function allProblems(strategy: Strategy): readonly FieldProblem[] {
  return [
    ...strategyProblems(strategy),
    ...strategy.policies.flatMap((policy, i) => patternProblems(policy, `policies[${i}].`)),
  ];
}

/** @throws {INVALID_POLICY} naming every problem */
export function requireSound(policy: RetryPolicy): void {
  throwIfProblems('INVALID_POLICY', [...policyProblems(policy), ...patternProblems(policy)]);
}

/** @throws {POLICY_NOT_FOUND} */
export function requirePolicy(strategy: Strategy, name: string): void {
  if (!strategy.policies.some((policy) => policy.name === name)) {
    throw new SmartRetryError('POLICY_NOT_FOUND', `there is no policy named "${name}"`);
  }
}

/** For a writer who has seen another revision. */
export function changedMeanwhile(revision: number): SmartRetryError {
  return new SmartRetryError(
    'CONFIGURATION_CHANGED',
    `the configuration has changed since it was read: it is at revision ${revision} now`,
  );
}

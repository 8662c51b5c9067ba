import type { ModelMetrics } from '@smart-retry/domain';

/** Whether a model knows more than the share of successes: its skill is above zero by two standard errors. */
export function hasSkill({ skill, skillStandardError }: ModelMetrics): boolean {
  return skill > 2 * skillStandardError && skill > 0;
}

import type { BreakerOverride, Strategy } from '@smart-retry/domain';

/** Puts an operator's word on a breaker where the one before was; null takes it back. */
export function overrideBreaker(strategy: Strategy, dependency: string, override: BreakerOverride | null) {
  const { breakerOverrides: before } = strategy.guardrails;
  const isHeld = before.some((other) => other.dependency === dependency);
  const breakerOverrides = before.flatMap((other) => (other.dependency === dependency ? (override ?? []) : other));
  if (override !== null && !isHeld) breakerOverrides.push(override);
  return {
    strategy: { ...strategy, guardrails: { ...strategy.guardrails, breakerOverrides } },
    action: override === null ? 'breaker.released' : `breaker.held_${override.state}`,
    target: dependency,
  };
}

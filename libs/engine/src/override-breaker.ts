import type { BreakerOverride, Strategy } from '@smart-retry/domain';

/** Puts an operator's word on a breaker in place of the one before; null takes it back. */
export function overrideBreaker(strategy: Strategy, dependency: string, override: BreakerOverride | null) {
  const others = strategy.guardrails.breakerOverrides.filter((other) => other.dependency !== dependency);
  const breakerOverrides = override === null ? others : [...others, override];
  return {
    strategy: { ...strategy, guardrails: { ...strategy.guardrails, breakerOverrides } },
    action: override === null ? 'breaker.released' : `breaker.held_${override.state}`,
    target: dependency,
  };
}

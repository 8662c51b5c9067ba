import { DEFAULT_STRATEGY, type EpochMs, type StoredConfiguration, type Strategy } from '@smart-retry/domain';
import { PolicyMatcher } from '@smart-retry/rules';

/** The strategy in force at one moment, ready to decide with. Immutable. */
export interface ConfigurationSnapshot {
  /** 0 while nothing has been stored. */
  readonly revision: number;
  readonly strategy: Strategy;
  /** Whether service and strategy are both switched on. */
  readonly isEnabled: boolean;
  readonly policies: PolicyMatcher;
  readonly changedAtMs: EpochMs;
  readonly changedBy: string;
}

/** @throws {INVALID_POLICY} when a pattern does not compile. */
export function compileSnapshot(
  stored: Omit<StoredConfiguration, 'strategy'> & { readonly strategy: Strategy },
  service: { readonly isEnabled: boolean },
): ConfigurationSnapshot {
  const strategy = completeStrategy(stored.strategy);
  return {
    revision: stored.revision,
    strategy,
    isEnabled: service.isEnabled && strategy.enabled,
    policies: new PolicyMatcher(strategy.policies),
    changedAtMs: stored.changedAtMs,
    changedBy: stored.changedBy,
  };
}

/** Fills what an older version did not store yet with today's defaults. */
function completeStrategy(strategy: Strategy): Strategy {
  return {
    ...DEFAULT_STRATEGY,
    ...strategy,
    guardrails: { ...DEFAULT_STRATEGY.guardrails, ...strategy.guardrails },
    dataCollection: { ...DEFAULT_STRATEGY.dataCollection, ...strategy.dataCollection },
  };
}

import type { EpochMs, StoredConfiguration, Strategy } from '@smart-retry/domain';
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
  stored: StoredConfiguration,
  service: { readonly isEnabled: boolean },
): ConfigurationSnapshot {
  const { strategy } = stored;
  return {
    revision: stored.revision,
    strategy,
    isEnabled: service.isEnabled && strategy.enabled,
    policies: new PolicyMatcher(strategy.policies),
    changedAtMs: stored.changedAtMs,
    changedBy: stored.changedBy,
  };
}

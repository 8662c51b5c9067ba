import { SmartRetryError, type StoredConfiguration, type Strategy } from '@smart-retry/domain';
import type { Configuration, ConfigurationWrite } from '@smart-retry/engine';

/** Every lost race is another writer's change, so this bounds how many of those may come between. */
const MAX_TRIES = 50;

/**
 * Replaces the strategy but for its scoped stops: those in force stay, as its writer does not know of them.
 * @throws {INVALID_CONFIGURATION} @throws {CONFIGURATION_CHANGED} @throws {STORE_UNAVAILABLE}
 */
export async function replaceKeepingStops(
  configuration: Configuration,
  strategy: Strategy,
  write: ConfigurationWrite,
): Promise<StoredConfiguration> {
  for (let tries = 1; ; tries++) {
    await configuration.refresh();
    const { revision, strategy: replaced } = configuration.current();
    const guardrails = { ...strategy.guardrails, emergencyStops: replaced.guardrails.emergencyStops };
    try {
      // Bound to the revision that was read: a stop that is set in between must not be erased either.
      return await configuration.replaceStrategy({ ...strategy, guardrails }, { expectedRevision: revision, ...write });
    } catch (error) {
      const hasLostRace = error instanceof SmartRetryError && error.code === 'CONFIGURATION_CHANGED';
      if (!hasLostRace || write.expectedRevision !== undefined || tries === MAX_TRIES) throw error;
    }
  }
}

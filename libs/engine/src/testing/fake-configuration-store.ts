import {
  SmartRetryError,
  type ConfigurationChange,
  type ConfigurationStore,
  type KeptResponse,
  type StoredConfiguration,
} from '@smart-retry/domain';
import { FixedClock } from '@smart-retry/domain/testing';
import type { ConfigurationOptions } from '../configuration-options.js';
import { Configuration } from '../configuration.js';
import { NOTHING_DECLARED } from '../declared-strategy.js';

/** A store in memory that can be away, and that two configurations can share. */
export class FakeConfigurationStore implements ConfigurationStore {
  isAway = false;
  stored: (StoredConfiguration & { fileDigest: string | null }) | null = null;
  readonly changes: ConfigurationChange[] = [];
  readonly kept: KeptResponse[] = [];

  load() {
    return this.#answer(() => this.stored);
  }
  revision() {
    return this.#answer(() => this.stored?.revision ?? 0);
  }
  commit(change: ConfigurationChange) {
    return this.#answer(() => {
      if (change.expectedRevision !== (this.stored?.revision ?? 0)) {
        throw new SmartRetryError('CONFIGURATION_CHANGED', 'changed');
      }
      this.changes.push(change);
      this.stored = {
        revision: change.expectedRevision + 1,
        strategy: change.strategy,
        changedAtMs: change.atMs,
        changedBy: change.actor,
        fileDigest: change.fileDigest ?? this.stored?.fileDigest ?? null,
      };
      return this.stored;
    });
  }
  history() {
    return this.#answer(() => []);
  }
  keepResponse(response: KeptResponse) {
    return this.#answer(() => void this.kept.push(response));
  }
  keptResponse() {
    return this.#answer(() => null);
  }

  async #answer<T>(read: () => T): Promise<T> {
    if (this.isAway) throw new SmartRetryError('STORE_UNAVAILABLE', 'away');
    return read();
  }
}

/** A configuration that has started on the store and does not poll it. */
export async function openConfiguration(store: FakeConfigurationStore, changes: Partial<ConfigurationOptions> = {}) {
  const errors: unknown[] = [];
  const configuration = new Configuration({
    store,
    declared: NOTHING_DECLARED,
    isServiceEnabled: true,
    clock: new FixedClock().read,
    pollIntervalMs: 60_000,
    onError: (error) => errors.push(error),
    ...changes,
  });
  await configuration.start();
  configuration.stop();
  return { configuration, errors };
}

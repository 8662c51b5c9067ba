import type { ConfigurationStore, Strategy } from '@smart-retry/domain';
import { completeStrategy } from './overlay-strategy.js';

/** The same store, whose strategies are complete whichever version wrote them. */
export function completeStoredStrategies(store: ConfigurationStore): ConfigurationStore {
  return {
    async load() {
      const stored = await store.load();
      return stored === null ? null : complete(stored);
    },
    revision: () => store.revision(),
    commit: async (change) => complete(await store.commit(change)),
    history: async (page) => (await store.history(page)).map(complete),
    keepResponse: (response) => store.keepResponse(response),
    keptResponse: (key, nowMs) => store.keptResponse(key, nowMs),
  };
}

/** The same, with every setting that the version that wrote it did not know. */
export function complete<T extends { readonly strategy: Strategy }>(stored: T): T {
  return { ...stored, strategy: completeStrategy(stored.strategy) };
}

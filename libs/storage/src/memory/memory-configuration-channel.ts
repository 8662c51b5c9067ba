import type { ConfigurationChannel } from '@smart-retry/domain';

/** Tells the listeners of this process. */
export class MemoryConfigurationChannel implements ConfigurationChannel {
  readonly #listeners: ((revision: number) => void)[] = [];

  async publish(revision: number): Promise<void> {
    for (const listener of this.#listeners) listener(revision);
  }

  async subscribe(listener: (revision: number) => void): Promise<void> {
    this.#listeners.push(listener);
  }
}

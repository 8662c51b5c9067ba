import type { ConfigurationMirror, StoredConfiguration } from '@smart-retry/domain';
import { sha256Hex } from '../digest.js';
import { repeat } from './repeat.js';

export interface ConfigurationCopiesOptions {
  readonly mirror: ConfigurationMirror;
  readonly lookIntervalMs: number;
  readonly onError: (error: unknown) => void;
}

/** What a look at the copy has found. */
export interface CopySeen {
  readonly confirmedAgoMs: number;
  /** Null where it is what is in force already. */
  readonly configuration: StoredConfiguration | null;
}

/** The copies of the configuration of one installation, which all that share its signing key are. */
export class ConfigurationCopies {
  readonly #options: ConfigurationCopiesOptions;
  #lineage: string | null = null;
  #stop: (() => void) | undefined;

  constructor(options: ConfigurationCopiesOptions) {
    this.#options = options;
  }

  /** Until the key is known there are no copies: they could be another installation's. */
  useKey(key: Uint8Array): void {
    this.#lineage = sha256Hex(`configuration copies\n${key.join()}`).slice(0, 16);
  }

  /** Calls back with each look, in the background, until `stop`. */
  follow(known: () => StoredConfiguration, onSeen: (seen: CopySeen) => void): void {
    const { lookIntervalMs: intervalMs, onError } = this.#options;
    this.#stop = repeat(() => this.look(known(), onSeen), { intervalMs, onError });
  }

  stop(): void {
    this.#stop?.();
  }

  /** @throws {STORE_UNAVAILABLE} */
  async look(known: StoredConfiguration, onSeen: (seen: CopySeen) => void): Promise<void> {
    if (this.#lineage === null) return;
    const seen = await this.#options.mirror.look(this.#lineage, known);
    if (seen !== null) onSeen(seen);
  }

  /** Says that the store is at this configuration; never rejects. */
  async confirm(configuration: StoredConfiguration): Promise<void> {
    if (this.#lineage === null) return;
    await this.#options.mirror.confirm(this.#lineage, configuration).catch(this.#options.onError);
  }
}

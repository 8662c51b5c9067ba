import type { SigningKeyStore } from '@smart-retry/domain';
import type { RecommendationIds } from '../recommendation-id.js';
import { repeat } from './repeat.js';

const RETRY_INTERVAL_MS = 1_000;

export interface SharedSigningKeyOptions {
  readonly store: SigningKeyStore;
  /** What `ids` sign with until the shared key is known; becomes the shared key where there is none yet. */
  readonly candidateKey: Uint8Array;
  readonly ids: RecommendationIds;
  /** Told the shared key. */
  readonly onKey?: (key: Uint8Array) => void;
  readonly onError: (error: unknown) => void;
}

/** Fetches the key that all replicas sign with; while the store is away, keeps asking in the background. */
export class SharedSigningKey {
  readonly #options: SharedSigningKeyOptions;
  #stop: (() => void) | undefined;

  constructor(options: SharedSigningKeyOptions) {
    this.#options = options;
  }

  /** Resolves after the first try. */
  async start(): Promise<void> {
    const { onError } = this.#options;
    this.#stop = repeat(() => this.#fetch(), { intervalMs: RETRY_INTERVAL_MS, onError });
    await this.#fetch().catch(onError);
  }

  stop(): void {
    this.#stop?.();
  }

  async #fetch(): Promise<void> {
    const { store, candidateKey, ids, onKey } = this.#options;
    const key = await store.loadOrCreate(candidateKey);
    ids.useKey(key);
    onKey?.(key);
    this.stop();
  }
}

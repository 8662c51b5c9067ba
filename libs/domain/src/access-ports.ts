import type { ApiKey } from './access.js';
import type { EpochMs } from './features.js';

/** Every key, and the revision at which they were like this. */
export interface KeyList {
  readonly revision: number;
  /** Oldest first; revoked and expired ones too. */
  readonly keys: readonly ApiKey[];
}

/** The keys that clients present. Adapters throw STORE_UNAVAILABLE like those of every other port. */
export interface ApiKeyStore {
  /** Grows with each key made or revoked, 0 before the first; cheap enough to poll. */
  revision(): Promise<number>;
  list(): Promise<KeyList>;
  /** @throws {KEY_EXISTS} when the selector is taken. */
  create(key: ApiKey): Promise<void>;
  /** Refuses the key from `atMs` on, or from when it was already to be refused if that is earlier. Null without such a key. */
  revoke(selector: string, atMs: EpochMs): Promise<ApiKey | null>;
  /**
   * Notes when keys were last used: no time goes back, nor before the key was made. Unknown keys are passed over; the revision
   * stays.
   */
  noteUses(lastUsedAtMs: ReadonlyMap<string, EpochMs>): Promise<void>;
}

import type { ApiKey } from './access.js';
import type { ChangeEvent } from './audit-ports.js';
import type { EpochMs } from './features.js';
import type { KeptResponse } from './ports.js';

/** Every key, and the revision at which they were like this. */
export interface KeyList {
  readonly revision: number;
  /** Oldest first; revoked and expired ones too. */
  readonly keys: readonly ApiKey[];
}

/** The end of a key. */
export interface KeyRevocation {
  readonly selector: string;
  /** When it is refused from. */
  readonly atMs: EpochMs;
  /** What the ledger of changes says of it. */
  readonly event: ChangeEvent;
}

export interface KeyCreation {
  readonly key: ApiKey;
  /** What the ledger of changes says of it. */
  readonly event: ChangeEvent;
  /** The response to keep under an idempotency key. */
  readonly keep?: KeptResponse | undefined;
  /** How the key ends that it is rotated from. */
  readonly replaced?: KeyRevocation | undefined;
}

/** The keys that clients present. Adapters throw STORE_UNAVAILABLE like those of every other port. */
export interface ApiKeyStore {
  /** Grows with each key made or revoked, 0 before the first; cheap enough to poll. */
  revision(): Promise<number>;
  list(): Promise<KeyList>;
  /**
   * Makes the key, ends the one that it replaces, enters that into the ledger of changes, and keeps the response: all of
   * it, or nothing.
   * @throws {KEY_EXISTS} when the selector is taken.
   * @throws {KEY_ENDED} when the key that it replaces has been revoked or replaced meanwhile.
   * @throws {IDEMPOTENCY_KEY_REUSED} when a response has been kept under the key meanwhile; it can be read now.
   */
  create(creation: KeyCreation): Promise<void>;
  /**
   * Refuses the key from `atMs` on and enters that into the ledger of changes: both, or nothing. One that was already to be
   * refused by then stays as it is. Null without such a key.
   */
  revoke(revocation: KeyRevocation): Promise<ApiKey | null>;
  /**
   * Notes when keys were last used: no time goes back, nor before the key was made. Unknown keys are passed over; the revision
   * stays.
   */
  noteUses(lastUsedAtMs: ReadonlyMap<string, EpochMs>): Promise<void>;
}

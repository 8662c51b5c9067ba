import type { SigningKeyStore } from '@smart-retry/domain';

/** The signing key of this process. */
export class MemorySigningKeyStore implements SigningKeyStore {
  #key: Uint8Array | undefined;

  async loadOrCreate(candidate: Uint8Array): Promise<Uint8Array> {
    this.#key ??= candidate.slice();
    return this.#key.slice();
  }
}

import type { ApiKey, ApiKeyStore, EpochMs, KeyCreation, KeyList, KeyRevocation } from '@smart-retry/domain';
import { keyEnded } from '../key-ended.js';
import { keyExists } from '../key-exists.js';
import { MemoryChangeLedger } from './memory-change-ledger.js';
import { MemoryKeptResponses } from './memory-kept-responses.js';

/** The keys of this process. */
export class MemoryApiKeyStore implements ApiKeyStore {
  readonly #keys = new Map<string, ApiKey>();
  readonly #keptResponses: MemoryKeptResponses;
  readonly #ledger: MemoryChangeLedger;
  #revision = 0;

  constructor(keptResponses = new MemoryKeptResponses(), ledger = new MemoryChangeLedger()) {
    this.#keptResponses = keptResponses;
    this.#ledger = ledger;
  }

  async revision(): Promise<number> {
    return this.#revision;
  }

  async list(): Promise<KeyList> {
    const bySelector = (a: ApiKey, b: ApiKey) => (a.selector < b.selector ? -1 : 1);
    const keys = [...this.#keys.values()].sort((a, b) => a.createdAtMs - b.createdAtMs || bySelector(a, b));
    return { revision: this.#revision, keys };
  }

  async create({ key, event, keep, replaced }: KeyCreation): Promise<void> {
    if (keep !== undefined) this.#keptResponses.assertFree(keep);
    if (this.#keys.has(key.selector)) throw keyExists(key.selector);
    const old = replaced === undefined ? undefined : this.#keys.get(replaced.selector);
    if (replaced !== undefined && old?.revokedAtMs !== null) throw keyEnded(replaced.selector);
    if (keep !== undefined) this.#keptResponses.keep(keep);
    this.#keys.set(key.selector, { ...key, digest: key.digest.slice() });
    this.#revision += 1;
    this.#ledger.enter(event);
    if (replaced !== undefined) await this.revoke(replaced);
  }

  async revoke({ selector, atMs, event }: KeyRevocation): Promise<ApiKey | null> {
    const key = this.#keys.get(selector);
    if (key === undefined) return null;
    if (key.revokedAtMs !== null && key.revokedAtMs <= atMs) return key;
    this.#ledger.enter(event);
    const revoked = { ...key, revokedAtMs: atMs };
    this.#keys.set(selector, revoked);
    this.#revision += 1;
    return revoked;
  }

  async noteUses(lastUsedAtMs: ReadonlyMap<string, EpochMs>): Promise<void> {
    for (const [selector, atMs] of lastUsedAtMs) {
      const key = this.#keys.get(selector);
      if (key !== undefined) {
        this.#keys.set(selector, { ...key, lastUsedAtMs: Math.max(key.lastUsedAtMs ?? atMs, atMs, key.createdAtMs) });
      }
    }
  }
}

import type {
  ConfigurationChange,
  ConfigurationHistoryEntry,
  ConfigurationStore,
  EpochMs,
  KeptResponse,
  StoredConfiguration,
} from '@smart-retry/domain';
import { configurationChanged } from '../configuration-changed.js';
import { configurationEvent } from '../configuration-event.js';
import { MemoryChangeLedger } from './memory-change-ledger.js';
import { MemoryKeptResponses } from './memory-kept-responses.js';

/** The strategy and its history in this process. */
export class MemoryConfigurationStore implements ConfigurationStore {
  readonly #keptResponses: MemoryKeptResponses;
  readonly #ledger: MemoryChangeLedger;
  /** Oldest first; entry i has revision i + 1. */
  readonly #history: ConfigurationHistoryEntry[] = [];
  #fileDigest: string | null = null;

  constructor(keptResponses = new MemoryKeptResponses(), ledger = new MemoryChangeLedger()) {
    this.#keptResponses = keptResponses;
    this.#ledger = ledger;
  }

  async load(): Promise<(StoredConfiguration & { readonly fileDigest: string | null }) | null> {
    const newest = this.#history.at(-1);
    if (newest === undefined) return null;
    const { revision, strategy, changedAtMs, changedBy } = newest;
    return { revision, strategy, changedAtMs, changedBy, fileDigest: this.#fileDigest };
  }

  async revision(): Promise<number> {
    return this.#history.length;
  }

  async commit(change: ConfigurationChange): Promise<StoredConfiguration> {
    if (change.keep !== undefined) this.#keptResponses.assertFree(change.keep);
    if (change.expectedRevision !== this.#history.length) throw configurationChanged(change.expectedRevision);
    const stored: StoredConfiguration = {
      revision: change.expectedRevision + 1,
      strategy: change.strategy,
      changedAtMs: change.atMs,
      changedBy: change.actor,
    };
    const { action, target, reason = null } = change;
    this.#history.push({ ...stored, action, target, reason });
    this.#fileDigest = change.fileDigest ?? this.#fileDigest;
    if (change.keep !== undefined) this.#keptResponses.keep(change.keep);
    this.#ledger.enter(configurationEvent(change));
    return stored;
  }

  /** Adds an entry to the history that leaves the strategy as it is; none before the first change. */
  note(entry: Pick<ConfigurationHistoryEntry, 'action' | 'target' | 'changedAtMs' | 'changedBy'>): void {
    const newest = this.#history.at(-1);
    if (newest === undefined) return;
    this.#history.push({ ...entry, reason: null, revision: newest.revision + 1, strategy: newest.strategy });
  }

  async history(page: {
    readonly limit: number;
    readonly beforeRevision?: number;
  }): Promise<readonly ConfigurationHistoryEntry[]> {
    const end = Math.min(this.#history.length, (page.beforeRevision ?? Number.POSITIVE_INFINITY) - 1);
    return this.#history.slice(Math.max(0, end - page.limit), Math.max(0, end)).reverse();
  }

  async keepResponse(response: KeptResponse): Promise<void> {
    this.#keptResponses.assertFree(response);
    this.#keptResponses.keep(response);
  }

  async keptResponse(key: string, nowMs: EpochMs): Promise<KeptResponse | null> {
    return this.#keptResponses.find(key, nowMs);
  }
}

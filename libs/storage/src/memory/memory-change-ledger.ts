import type { ChangeEntry, ChangeEvent, ChangeLedger, LedgerVerdict } from '@smart-retry/domain';
import { CHAIN_ORIGIN, ChainWalk, sealChange } from '../change-chain.js';

/** The ledger of this process. */
export class MemoryChangeLedger implements ChangeLedger {
  /** Oldest first; entry i has sequence i + 1. */
  readonly #entries: ChangeEntry[] = [];

  async append(event: ChangeEvent): Promise<ChangeEntry> {
    return this.enter(event);
  }

  /** As `append`, at once. */
  enter(event: ChangeEvent): ChangeEntry {
    const entry = sealChange(event, this.#entries.at(-1) ?? CHAIN_ORIGIN);
    this.#entries.push(entry);
    return entry;
  }

  async page(query: Parameters<ChangeLedger['page']>[0]): Promise<readonly ChangeEntry[]> {
    const { limit, beforeSequence = Infinity, action, target, actor, sinceMs = -Infinity, untilMs = Infinity } = query;
    return this.#entries
      .filter(
        (entry) =>
          entry.sequence < beforeSequence &&
          entry.atMs >= sinceMs &&
          entry.atMs < untilMs &&
          (actor === undefined || entry.actor === actor) &&
          (action === undefined || entry.action === action) &&
          (target === undefined || entry.target === target),
      )
      .reverse()
      .slice(0, limit);
  }

  async verify(known?: { readonly hash: string }): Promise<LedgerVerdict> {
    const walk = new ChainWalk(known);
    this.#entries.every((entry) => walk.take(entry));
    return walk.verdict;
  }
}

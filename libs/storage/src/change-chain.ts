import { createHash } from 'node:crypto';
import type { ChangeEntry, ChangeEvent, LedgerVerdict } from '@smart-retry/domain';

/** Where a chain ends: what the next entry is sealed with. */
export type ChainHead = Pick<ChangeEntry, 'sequence' | 'hash'>;

export const CHAIN_ORIGIN: ChainHead = { sequence: 0, hash: '0'.repeat(64) };

/** The entry that follows `head`. Deterministic. */
export function sealChange(event: ChangeEvent, head: ChainHead): ChangeEntry {
  const { atMs, actor, action, target, reason, details } = event;
  const entry = { atMs, actor, action, target, reason, details, sequence: head.sequence + 1, previousHash: head.hash };
  return { ...entry, hash: hashOf(entry) };
}

/** SHA-256 of the JSON array of all fields in a fixed order, so that no two entries have the same text. */
function hashOf(entry: Omit<ChangeEntry, 'hash'>): string {
  const { previousHash, sequence, atMs, actor, action, target, reason, details } = entry;
  const sealed = JSON.stringify([previousHash, sequence, atMs, actor, action, target, reason, details]);
  return createHash('sha256').update(sealed).digest('hex');
}

/** Follows a chain from its origin, and stops at the first entry that is not as it was written. */
export class ChainWalk {
  #head = CHAIN_ORIGIN;
  #problem: string | null = null;
  #awaitedHash: string | undefined;

  /** @param known.hash of an entry that must be in the chain */
  constructor(known?: { readonly hash: string }) {
    this.#awaitedHash = known?.hash;
  }

  /** Takes the next entry; false once something was found. */
  take(entry: ChangeEntry): boolean {
    this.#problem ??= this.#problemOf(entry);
    if (this.#problem === null) this.#head = entry;
    if (entry.hash === this.#awaitedHash) this.#awaitedHash = undefined;
    return this.#problem === null;
  }

  /** Notes what was found elsewhere, unless the chain is broken already. */
  complain(problem: string): void {
    this.#problem ??= problem;
  }

  get verdict(): LedgerVerdict {
    const missing = this.#awaitedHash === undefined ? null : 'no entry has the known hash: it was changed or cut off';
    return { intactEntries: this.#head.sequence, headHash: this.#head.hash, problem: this.#problem ?? missing };
  }

  #problemOf(entry: ChangeEntry): string | null {
    const expected = this.#head.sequence + 1;
    if (entry.sequence !== expected) return `entry ${expected} is missing: entry ${entry.sequence} follows`;
    if (entry.previousHash !== this.#head.hash) return `entry ${entry.sequence} does not follow from the one before it`;
    return hashOf(entry) === entry.hash ? null : `entry ${entry.sequence} is not as it was written`;
  }
}

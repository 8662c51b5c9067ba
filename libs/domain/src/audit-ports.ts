import type { EpochMs } from './features.js';

/** Something that somebody changed about how jobs are retried, or about what is known of them. */
export interface ChangeEvent {
  readonly atMs: EpochMs;
  /**
   * Who did it: `key:<name>/<selector>`, `admin_key`, `api` where no key is asked for, `cli:<user>`, or the part of the system
   * that decided (`startup`, `judge`). Older entries have a key's bare name.
   */
  readonly actor: string;
  /** What was done, as `noun.verb`, for example `policy.added`. */
  readonly action: string;
  /** What it was done to, for example a policy's name. */
  readonly target: string | null;
  /** Why, in the words of whoever did it. */
  readonly reason: string | null;
  /** What it takes to reconstruct the change; JSON, its keys in the spelling of the wire. Never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** A change as the ledger keeps it. */
export interface ChangeEntry extends ChangeEvent {
  /** Position in the ledger, from 1, without gaps. */
  readonly sequence: number;
  /** `hash` of the entry before; 64 zeros before the first one. */
  readonly previousHash: string;
  /** SHA-256, in hexadecimal, of everything else in the entry. */
  readonly hash: string;
}

/** What a walk over the whole ledger has found. */
export interface LedgerVerdict {
  /** Entries found to be as they were written, from the first one on. */
  readonly intactEntries: number;
  /** `hash` of the last of these: who keeps it elsewhere notices when it is cut off. */
  readonly headHash: string;
  /** The first thing that is not as it was written, in a sentence; null when everything is. */
  readonly problem: string | null;
}

/**
 * Who changed what, when and why: kept for good, only ever added to, each entry sealed with the one before. Changes of
 * the configuration are entered by `ConfigurationStore.commit` in its own transaction.
 */
export interface ChangeLedger {
  append(event: ChangeEvent): Promise<ChangeEntry>;
  /** Newest first, below `beforeSequence` when given; of what happened in `[sinceMs, untilMs)`. */
  page(query: {
    readonly limit: number;
    readonly beforeSequence?: number;
    readonly actor?: string;
    readonly action?: string;
    readonly target?: string;
    readonly sinceMs?: EpochMs;
    readonly untilMs?: EpochMs;
  }): Promise<readonly ChangeEntry[]>;
  /**
   * Walks all of it; takes time in proportion to its length.
   *
   * @param known.hash of an entry, kept elsewhere, that must still be there
   */
  verify(known?: { readonly hash: string }): Promise<LedgerVerdict>;
}

import type { ApiKeyStore, Clock, EpochMs, KeyList } from '@smart-retry/domain';
import { repeat } from '@smart-retry/engine';
import type { Caller } from '../http/caller.js';
import { KeyRing } from './key-ring.js';

const POLL_INTERVAL_MS = 500;
/** How coarse the last use of a key is known, and how often it is written down. */
const USE_GRAIN_MS = 60_000;

/** A copy of the keys beside the process, for a start while the store is away. */
export interface LastKnownKeys {
  /** Null when there is none, or none that can be read. */
  load(): Promise<KeyList | null>;
  save(keys: KeyList): Promise<void>;
}

export interface LiveKeysOptions {
  readonly store: ApiKeyStore;
  readonly adminKey: string | undefined;
  readonly lastKnown?: LastKnownKeys;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * The keys that are good now. Asking is immediate; the store is polled twice a second, and while it is away the keys last
 * known stay good.
 */
export class LiveKeys {
  readonly #options: LiveKeysOptions;
  readonly #stops: (() => void)[] = [];
  #revision = -1;
  #ring: KeyRing;
  #usedAtMs = new Map<string, EpochMs>();

  constructor(options: LiveKeysOptions) {
    this.#options = options;
    this.#ring = new KeyRing([], options.adminKey);
  }

  /** Loads the keys, or those last known; then follows changes until `stop`. */
  async start(): Promise<void> {
    const { lastKnown, onError } = this.#options;
    await this.refresh().catch(async (error: unknown) => {
      onError(error);
      const known = await lastKnown?.load();
      if (known != null) this.#ring = new KeyRing(known.keys, this.#options.adminKey);
    });
    this.#stops.push(
      repeat(() => this.refresh(), { intervalMs: POLL_INTERVAL_MS, onError }),
      repeat(() => this.#writeUses(), { intervalMs: USE_GRAIN_MS, onError }),
    );
  }

  /** Stops following, and writes down which keys were used. */
  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.#writeUses().catch(this.#options.onError);
  }

  /** Whether callers need a key. */
  get areAsked(): boolean {
    return !this.#ring.isEmpty;
  }

  /** Whether there is a key that is good now. */
  get hasLive(): boolean {
    return this.#ring.hasLive(this.#options.clock());
  }

  /** Whose key this is; null for nobody's, and for one that has ended. */
  callerOf(text: string): Caller | null {
    const nowMs = this.#options.clock();
    const caller = this.#ring.callerOf(text, nowMs);
    if (caller !== null) this.#usedAtMs.set(caller.id, nowMs - (nowMs % USE_GRAIN_MS));
    return caller;
  }

  /** Takes over the keys of the store, if they have changed. @throws {STORE_UNAVAILABLE} */
  async refresh(): Promise<void> {
    const { store, adminKey, lastKnown } = this.#options;
    if ((await store.revision()) === this.#revision) return;
    const list = await store.list();
    this.#ring = new KeyRing(list.keys, adminKey);
    this.#revision = list.revision;
    await lastKnown?.save(list).catch(this.#options.onError);
  }

  async #writeUses(): Promise<void> {
    const used = this.#usedAtMs;
    this.#usedAtMs = new Map();
    if (used.size > 0) await this.#options.store.noteUses(used);
  }
}

import {
  isLive,
  SmartRetryError,
  throwIfProblems,
  type ApiKey,
  type ApiKeyStore,
  type ChangeEvent,
  type Clock,
  type EpochMs,
  type FieldProblem,
  type KeptResponse,
  type KeyRevocation,
  type KeyScope,
} from '@smart-retry/domain';
import { formatTimestamp } from '../http/wire-time.js';
import { digestOf, newKeyText } from './key-text.js';

/** What a new key is to allow, to whom, and for how long. */
export interface WantedKey {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly tenant: string | null;
  readonly requestsPerSecond: number | null;
  /** Null for never. */
  readonly expiresAtMs: EpochMs | null;
}

/** A key that was just made: the only moment at which its text is known. */
export interface IssuedKey {
  readonly key: ApiKey;
  readonly text: string;
}

interface Issue {
  readonly actor: string;
  /** Selector of the key that it is rotated from. */
  readonly replaces: string | null;
  readonly keep?: ((key: ApiKey) => KeptResponse) | undefined;
  /** How that one ends. */
  readonly endOfReplaced?: ((successor: ApiKey) => KeyRevocation) | undefined;
}

/** Scopes over all tenants at once. */
const UNBOUND_SCOPES: readonly KeyScope[] = ['operate', 'admin'];

export interface KeyAdministrationOptions {
  readonly store: ApiKeyStore;
  readonly clock: Clock;
}

/** Makes, lists and ends keys. The store enters each change into the ledger together with it: none goes unnoticed, none is told that never was. */
export class KeyAdministration {
  readonly #store: ApiKeyStore;
  readonly #clock: Clock;

  constructor({ store, clock }: KeyAdministrationOptions) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * @param keep makes the response to keep under an idempotency key
   * @throws {INVALID_REQUEST} naming every problem. @throws {IDEMPOTENCY_KEY_REUSED} @throws {STORE_UNAVAILABLE}
   */
  async create(wanted: WantedKey, actor: string, keep?: (key: ApiKey) => KeptResponse): Promise<IssuedKey> {
    return this.#issue(wanted, { actor, replaces: null, keep });
  }

  /** Oldest first; those that have ended too. @throws {STORE_UNAVAILABLE} */
  async list(): Promise<readonly ApiKey[]> {
    return (await this.#store.list()).keys;
  }

  /** A key that was revoked before stays as it is, and nothing is entered. @throws {KEY_NOT_FOUND} @throws {STORE_UNAVAILABLE} */
  async revoke(selector: string, actor: string): Promise<ApiKey> {
    const key = await this.#find(selector);
    if (key.revokedAtMs !== null && key.revokedAtMs <= this.#clock()) return key;
    const event = this.#eventOf('key.revoked', key, actor);
    const revoked = await this.#store.revoke({ selector, atMs: this.#clock(), event });
    if (revoked === null) throw keyNotFound(selector);
    return revoked;
  }

  /**
   * Makes a key like this one, for as long; the old one stays good for `graceMs` more, so that both are while clients
   * change over. Where the old one has a predecessor that is still good, that one ends now: of a chain two are good.
   * @throws {KEY_NOT_FOUND} @throws {KEY_ENDED} also for a key that is being rotated out already.
   */
  async rotate(selector: string, graceMs: number, actor: string): Promise<IssuedKey & { readonly replaced: ApiKey }> {
    const nowMs = this.#clock();
    const old = await this.#find(selector);
    if (!isLive(old, nowMs) || old.revokedAtMs !== null) {
      throw new SmartRetryError('KEY_ENDED', `the key ${selector} has ended or is being rotated out`);
    }
    const { name, scopes, tenant, requestsPerSecond, expiresAtMs, createdAtMs } = old;
    const renewedAtMs = expiresAtMs === null ? null : nowMs + (expiresAtMs - createdAtMs);
    const wanted = { name, scopes, tenant, requestsPerSecond, expiresAtMs: renewedAtMs };
    const endsAtMs = nowMs + graceMs;
    const endOfReplaced = (successor: ApiKey): KeyRevocation => {
      const details = { grace_ms: graceMs, ends_at: formatTimestamp(endsAtMs), successor: successor.selector };
      return { selector, atMs: endsAtMs, event: this.#eventOf('key.rotated', old, actor, details) };
    };
    const issued = await this.#issue(wanted, { actor, replaces: selector, endOfReplaced });
    if (old.replaces !== null) await this.#end(old.replaces, actor);
    return { ...issued, replaced: { ...old, revokedAtMs: endsAtMs } };
  }

  async #issue(wanted: WantedKey, { actor, replaces, keep, endOfReplaced }: Issue): Promise<IssuedKey> {
    const nowMs = this.#clock();
    throwIfProblems('INVALID_REQUEST', keyProblems(wanted, nowMs));
    const { selector, text } = newKeyText();
    const key: ApiKey = {
      ...wanted,
      scopes: [...new Set(wanted.scopes)],
      selector,
      digest: digestOf(text),
      createdAtMs: nowMs,
      createdBy: actor,
      revokedAtMs: null,
      lastUsedAtMs: null,
      replaces,
    };
    const event = this.#eventOf('key.created', key, actor, replaces === null ? {} : { replaces });
    await this.#store.create({ key, event, keep: keep?.(key), replaced: endOfReplaced?.(key) });
    return { key, text };
  }

  /** Ends a key's predecessor, if it has not ended by itself. */
  async #end(selector: string, actor: string): Promise<void> {
    const predecessor = (await this.list()).find((key) => key.selector === selector);
    if (predecessor !== undefined && isLive(predecessor, this.#clock())) await this.revoke(selector, actor);
  }

  async #find(selector: string): Promise<ApiKey> {
    const found = (await this.list()).find((key) => key.selector === selector);
    if (found === undefined) throw keyNotFound(selector);
    return found;
  }

  #eventOf(action: string, key: ApiKey, actor: string, more: ChangeEvent['details'] = {}): ChangeEvent {
    const { selector: target, name, scopes, tenant, expiresAtMs } = key;
    const expiry = expiresAtMs === null ? null : formatTimestamp(expiresAtMs);
    const details = { name, scopes: [...scopes], tenant, expires_at: expiry, ...more };
    return { atMs: this.#clock(), actor, action, target, reason: null, details };
  }
}

function keyProblems({ scopes, tenant, expiresAtMs }: WantedKey, nowMs: EpochMs): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (scopes.length === 0) problems.push({ path: 'scopes', message: 'must name at least one' });
  const unbound = scopes.filter((scope) => UNBOUND_SCOPES.includes(scope));
  if (tenant !== null && unbound.length > 0) {
    problems.push({ path: 'scopes', message: `must not have ${unbound.join(', ')} in a key bound to a tenant` });
  }
  if (expiresAtMs !== null && expiresAtMs <= nowMs) problems.push({ path: 'expires_at', message: 'must lie ahead' });
  return problems;
}

function keyNotFound(selector: string): SmartRetryError {
  return new SmartRetryError('KEY_NOT_FOUND', `there is no key ${selector}`);
}

import { timingSafeEqual } from 'node:crypto';
import { isLive, KEY_SCOPES, type ApiKey, type EpochMs } from '@smart-retry/domain';
import type { Caller } from '../http/caller.js';
import { digestOf, selectorOf } from './key-text.js';

const EVERY_SCOPE = new Set(KEY_SCOPES);
const NO_DIGEST = new Uint8Array(32);

/** A key with what its requests are served by. */
interface Ringed {
  readonly key: ApiKey;
  readonly caller: Caller;
}

/** Every key at one revision, ready to be asked for. Immutable. */
export class KeyRing {
  readonly #bySelector: ReadonlyMap<string, Ringed>;
  readonly #admin: { readonly digest: Uint8Array; readonly caller: Caller } | null;

  /** @param adminKey of the configuration: it may do everything, and never ends. */
  constructor(keys: readonly ApiKey[], adminKey: string | undefined) {
    this.#bySelector = new Map(keys.map((key) => [key.selector, { key, caller: callerWith(key) }]));
    this.#admin = adminKey === undefined ? null : { digest: digestOf(adminKey), caller: ADMIN };
  }

  /** Whether there is any key, be it one that has ended: where there was one, nobody is let in without. */
  get isEmpty(): boolean {
    return this.#admin === null && this.#bySelector.size === 0;
  }

  hasLive(nowMs: EpochMs): boolean {
    return this.#admin !== null || [...this.#bySelector.values()].some(({ key }) => isLive(key, nowMs));
  }

  /** Whose key this is; null for nobody's, and for one that has ended. Takes as long for each key that is wrong. */
  callerOf(text: string, nowMs: EpochMs): Caller | null {
    const digest = digestOf(text);
    const found = this.#bySelector.get(selectorOf(text) ?? '');
    if (timingSafeEqual(digest, found?.key.digest ?? NO_DIGEST) && found !== undefined) {
      return isLive(found.key, nowMs) ? found.caller : null;
    }
    return this.#admin !== null && timingSafeEqual(digest, this.#admin.digest) ? this.#admin.caller : null;
  }
}

const ADMIN: Caller = { actor: 'admin_key', id: 'admin', scopes: EVERY_SCOPE, tenant: null, requestsPerSecond: null };

/** Whoever asks where no key is asked for. */
export const ANYBODY: Caller = { ...ADMIN, actor: 'api', id: 'anybody' };

function callerWith({ name, selector, scopes, tenant, requestsPerSecond }: ApiKey): Caller {
  return {
    actor: `key:${name}/${selector}`,
    id: selector,
    scopes: scopes.includes('admin') ? EVERY_SCOPE : new Set(scopes),
    tenant,
    requestsPerSecond,
  };
}

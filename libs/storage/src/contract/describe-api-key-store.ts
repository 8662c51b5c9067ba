import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  ApiKey,
  ApiKeyStore,
  ChangeLedger,
  ConfigurationStore,
  KeyCreation,
  KeyRevocation,
} from '@smart-retry/domain';
import { NOON_MS, exampleKeptResponse, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

const exampleKey = (changes: Partial<ApiKey> = {}): ApiKey => ({
  selector: unique('key'),
  digest: new Uint8Array(32).fill(7),
  name: 'workers',
  scopes: ['recommend', 'record'],
  tenant: null,
  requestsPerSecond: null,
  createdAtMs: NOON_MS,
  createdBy: 'admin',
  expiresAtMs: null,
  revokedAtMs: null,
  lastUsedAtMs: null,
  replaces: null,
  ...changes,
});

const revocationOf = ({ selector }: Pick<ApiKey, 'selector'>, atMs: number): KeyRevocation => ({
  selector,
  atMs,
  event: { atMs: NOON_MS, actor: 'admin', action: 'key.revoked', target: selector, reason: null, details: {} },
});

const creationOf = (key: ApiKey): KeyCreation => {
  const { selector: target, createdBy: actor, createdAtMs: atMs } = key;
  return { key, event: { atMs, actor, action: 'key.created', target, reason: null, details: { name: key.name } } };
};

interface Stores {
  readonly apiKeys: ApiKeyStore;
  readonly configuration: ConfigurationStore;
  readonly ledger: ChangeLedger;
}

export function describeApiKeyStore(name: string, open: Open<Stores>): void {
  describe(`${name} key store`, () => {
    let stores: Opened<Stores>;
    let keys: ApiKeyStore;
    beforeAll(async () => {
      stores = await open();
      keys = stores.apiKeys;
    });
    afterAll(() => stores.close());
    const find = async (selector: string) => (await keys.list()).keys.find((key) => key.selector === selector);

    it('begins without keys, at revision 0', async () => {
      expect(await keys.revision()).toBe(0);
      expect(await keys.list()).toEqual({ revision: 0, keys: [] });
    });

    it('answers keys as they were made, oldest first', async () => {
      const bound = { tenant: 'a "quoted" tenant', requestsPerSecond: 20, expiresAtMs: NOON_MS + 5, replaces: 'one' };
      const younger = exampleKey({ createdAtMs: NOON_MS + 1, digest: Uint8Array.from({ length: 32 }, (_, i) => i) });
      const older = exampleKey(bound);
      await keys.create(creationOf(younger));
      await keys.create(creationOf(older));
      expect((await keys.list()).keys).toEqual([older, younger]);
    });

    it('enters each key made into the ledger, together with it', async () => {
      const creation = creationOf(exampleKey());
      await keys.create(creation);
      expect(await stores.ledger.page({ limit: 1, target: creation.key.selector })).toMatchObject([creation.event]);
      expect((await stores.ledger.verify()).problem).toBeNull();
    });

    it('counts each key made or revoked as one revision, and uses as none', async () => {
      const before = await keys.revision();
      const key = exampleKey();
      await keys.create(creationOf(key));
      expect(await keys.revision()).toBe(before + 1);
      await keys.revoke(revocationOf(key, NOON_MS));
      expect(await keys.revision()).toBe(before + 2);
      await keys.noteUses(new Map([[key.selector, NOON_MS]]));
      expect(await keys.revoke(revocationOf({ selector: unique('unknown') }, NOON_MS))).toBeNull();
      expect(await keys.list()).toMatchObject({ revision: before + 2 });
    });

    it('makes a key once for each response to keep, also at the same time', async () => {
      const keep = exampleKeptResponse();
      const createdBy = unique('admin');
      const twins = Array.from({ length: 4 }, () => exampleKey({ createdBy }));
      const before = await keys.revision();
      const made = await Promise.allSettled(twins.map((key) => keys.create({ ...creationOf(key), keep })));
      const refused = made.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      expect(refused).toEqual(twins.slice(1).map(() => expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REUSED' })));
      expect(await keys.revision()).toBe(before + 1);
      const found = await Promise.all(twins.map(({ selector }) => find(selector)));
      const [only, ...others] = found.filter((key) => key !== undefined);
      expect(others).toEqual([]);
      expect(await stores.ledger.page({ limit: 4, actor: createdBy })).toMatchObject([{ target: only?.selector }]);
      expect(await stores.configuration.keptResponse(keep.key, NOON_MS)).toEqual(keep);
    });

    it('counts every one of many keys made at once', async () => {
      const before = await keys.revision();
      await Promise.all(Array.from({ length: 12 }, () => keys.create(creationOf(exampleKey()))));
      expect(await keys.revision()).toBe(before + 12);
    });

    it('refuses a selector that is taken, and then changes nothing', async () => {
      const key = exampleKey();
      await keys.create(creationOf(key));
      const before = await keys.list();
      await expect(keys.create(creationOf({ ...key, name: 'another' }))).rejects.toMatchObject({ code: 'KEY_EXISTS' });
      expect(await keys.list()).toEqual(before);
      expect(await stores.ledger.page({ limit: 2, target: key.selector })).toHaveLength(1);
    });

    it('enters the end of a key into the ledger, together with it, and nothing of one that is not there', async () => {
      const key = exampleKey();
      await keys.create(creationOf(key));
      const revocation = revocationOf(key, NOON_MS);
      await keys.revoke(revocation);
      expect(await stores.ledger.page({ limit: 1 })).toMatchObject([revocation.event]);
      await keys.revoke(revocationOf({ selector: unique('unknown') }, NOON_MS));
      expect(await stores.ledger.page({ limit: 1 })).toMatchObject([revocation.event]);
      expect((await stores.ledger.verify()).problem).toBeNull();
    });

    it('replaces a key once, however many ask at the same time, and leaves nothing of the others', async () => {
      const old = exampleKey();
      await keys.create(creationOf(old));
      const before = await keys.revision();
      const successors = Array.from({ length: 4 }, () =>
        exampleKey({ replaces: old.selector, createdBy: old.selector }),
      );
      const made = await Promise.allSettled(
        successors.map((key) => keys.create({ ...creationOf(key), replaced: revocationOf(old, NOON_MS + 9) })),
      );
      const refused = made.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      expect(refused).toEqual(successors.slice(1).map(() => expect.objectContaining({ code: 'KEY_ENDED' })));
      expect((await keys.list()).keys.filter(({ replaces }) => replaces === old.selector)).toHaveLength(1);
      expect(await find(old.selector)).toMatchObject({ revokedAtMs: NOON_MS + 9 });
      expect(await keys.revision()).toBeGreaterThan(before);
      const entered = await stores.ledger.page({ limit: 9, target: old.selector });
      expect(entered.map(({ action }) => action)).toEqual(['key.revoked', 'key.created']);
      expect(await stores.ledger.page({ limit: 9, actor: old.selector })).toHaveLength(1);
    });

    it('enters the end of a key once, however many end it at the same time', async () => {
      const key = exampleKey();
      await keys.create(creationOf(key));
      const ended = await Promise.all([1, 2, 3].map(() => keys.revoke(revocationOf(key, NOON_MS))));
      expect(ended).toEqual(ended.map(() => ({ ...key, revokedAtMs: NOON_MS })));
      expect(await stores.ledger.page({ limit: 9, target: key.selector, action: 'key.revoked' })).toHaveLength(1);
    });

    it('ends no key of which the ledger cannot be told', async () => {
      const key = exampleKey();
      await keys.create(creationOf(key));
      const { event, ...end } = revocationOf(key, NOON_MS);
      const before = await keys.list();
      await expect(keys.revoke({ ...end, event: { ...event, details: { never: 1n } } })).rejects.toThrow();
      expect(await keys.list()).toEqual(before);
    });

    it('ends a key at the earliest of the times that it was told', async () => {
      const key = exampleKey();
      await keys.create(creationOf(key));
      expect(await keys.revoke(revocationOf(key, NOON_MS + 9))).toEqual({ ...key, revokedAtMs: NOON_MS + 9 });
      expect(await keys.revoke(revocationOf(key, NOON_MS))).toMatchObject({ revokedAtMs: NOON_MS });
      expect(await keys.revoke(revocationOf(key, NOON_MS + 9))).toMatchObject({ revokedAtMs: NOON_MS });
    });

    it('knows of no use before a key was made, though uses are known to the minute', async () => {
      const key = exampleKey({ createdAtMs: NOON_MS + 40_000 });
      await keys.create(creationOf(key));
      await keys.noteUses(new Map([[key.selector, NOON_MS]]));
      expect(await find(key.selector)).toMatchObject({ lastUsedAtMs: NOON_MS + 40_000 });
    });

    it('knows when a key was last used, and never goes back', async () => {
      const [used, unused] = [exampleKey(), exampleKey()];
      await keys.create(creationOf(used));
      await keys.create(creationOf(unused));
      await keys.noteUses(new Map([[used.selector, NOON_MS + 60_000]]));
      await keys.noteUses(
        new Map([
          [used.selector, NOON_MS],
          [unique('unknown'), NOON_MS],
        ]),
      );
      await keys.noteUses(new Map());
      expect(await find(used.selector)).toMatchObject({ lastUsedAtMs: NOON_MS + 60_000 });
      expect(await find(unused.selector)).toMatchObject({ lastUsedAtMs: null });
    });
  });
}

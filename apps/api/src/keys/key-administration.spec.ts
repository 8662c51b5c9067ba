import { beforeEach, describe, expect, it } from '@jest/globals';
import { isLive, type ApiKeyStore, type ChangeLedger } from '@smart-retry/domain';
import { FixedClock, T0 } from '@smart-retry/domain/testing';
import { openMemory } from '@smart-retry/storage/memory';
import { KeyAdministration, type WantedKey } from './key-administration.js';
import { digestOf } from './key-text.js';

const WANTED: WantedKey = {
  name: 'workers',
  scopes: ['recommend', 'record'],
  tenant: 'acme',
  requestsPerSecond: 5,
  expiresAtMs: null,
};

describe('key administration', () => {
  let clock: FixedClock;
  let keys: KeyAdministration;
  let ledger: ChangeLedger;
  beforeEach(() => {
    clock = new FixedClock();
    const { apiKeys: store, ledger: kept } = openMemory();
    ledger = kept;
    keys = new KeyAdministration({ store, clock: clock.read });
  });

  it('makes keys of which only the digest is kept', async () => {
    const { key, text } = await keys.create(WANTED, 'operator');
    expect(text).toMatch(/^sr_[0-9a-f]{16}_[\w-]{43}$/);
    expect(await keys.list()).toEqual([key]);
    expect(key).toMatchObject({ ...WANTED, createdBy: 'operator', digest: digestOf(text) });
    expect(JSON.stringify(key)).not.toContain(text.slice(-43));
    expect((await keys.create(WANTED, 'operator')).text).not.toBe(text);
  });

  it('makes none that is bound to a tenant and operates, that has ended already, or that allows nothing', async () => {
    const wrong: readonly Partial<WantedKey>[] = [
      { scopes: ['read', 'operate'] },
      { scopes: ['admin'] },
      { scopes: [] },
      { expiresAtMs: clock.nowMs },
    ];
    for (const part of wrong) {
      await expect(keys.create({ ...WANTED, ...part }, 'x')).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    }
    expect(await keys.list()).toEqual([]);
  });

  it('rotates: the new key is like the old one, for as long, and both are good for the time of grace', async () => {
    const old = await keys.create({ ...WANTED, expiresAtMs: clock.nowMs + 1_000 }, 'x');
    clock.advance(400);
    const { key, text, replaced } = await keys.rotate(old.key.selector, 100, 'y');
    expect(key).toMatchObject({ ...WANTED, expiresAtMs: clock.nowMs + 1_000, createdBy: 'y' });
    expect(text).not.toBe(old.text);
    expect(replaced).toEqual({ ...old.key, revokedAtMs: clock.nowMs + 100 });
  });

  it('leaves two keys of a chain of rotations good: the predecessor of the one that is rotated ends at once', async () => {
    const first = await keys.create(WANTED, 'x');
    const second = await keys.rotate(first.key.selector, 1_000, 'x');
    const third = await keys.rotate(second.key.selector, 1_000, 'y');
    const live = (await keys.list()).filter((key) => isLive(key, clock.nowMs)).map(({ selector }) => selector);
    expect(live.toSorted()).toEqual([second.key.selector, third.key.selector].toSorted());
    expect([first, second, third].map(({ key }) => key.replaces)).toEqual([
      null,
      first.key.selector,
      second.key.selector,
    ]);
    const ended = await ledger.page({ limit: 1, action: 'key.revoked' });
    expect(ended).toMatchObject([{ actor: 'y', target: first.key.selector }]);
  });

  it('ends no predecessor twice', async () => {
    const first = await keys.create(WANTED, 'x');
    const second = await keys.rotate(first.key.selector, 0, 'x');
    await keys.rotate(second.key.selector, 1_000, 'x');
    expect(await ledger.page({ limit: 1, action: 'key.revoked' })).toEqual([]);
  });

  it('enters each change into the ledger, with who made it and never with a secret', async () => {
    const { key, text } = await keys.create(WANTED, 'x');
    const rotated = await keys.rotate(key.selector, 0, 'y');
    await keys.revoke(rotated.key.selector, 'z');
    const entries = await ledger.page({ limit: 10 });
    expect(entries.map(({ actor, action, target }) => [actor, action, target]).toReversed()).toEqual([
      ['x', 'key.created', key.selector],
      ['y', 'key.created', rotated.key.selector],
      ['y', 'key.rotated', key.selector],
      ['z', 'key.revoked', rotated.key.selector],
    ]);
    expect(JSON.stringify(entries)).not.toContain(text.slice(-43));
  });

  it('leaves nothing of a key that was not made, since its idempotency key was in use by then', async () => {
    const keep = () => ({ key: 'same', fingerprint: 'f', status: 201, body: '{}', keptAtMs: T0 });
    const { key } = await keys.create(WANTED, 'x', keep);
    await expect(keys.create(WANTED, 'y', keep)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await keys.list()).toEqual([key]);
    expect(await ledger.page({ limit: 10 })).toMatchObject([{ actor: 'x', target: key.selector }]);
  });

  it('enters nothing of a change that was not made', async () => {
    const { apiKeys: store, ledger: kept } = openMemory();
    const away = new Error('the store is away');
    const failing: ApiKeyStore = {
      revision: () => store.revision(),
      list: () => store.list(),
      create: (creation) => (creation.replaced === undefined ? store.create(creation) : Promise.reject(away)),
      revoke: () => Promise.reject(away),
      noteUses: (uses) => store.noteUses(uses),
    };
    const administration = new KeyAdministration({ store: failing, clock: clock.read });
    const { key } = await administration.create(WANTED, 'x');
    await expect(administration.revoke(key.selector, 'y')).rejects.toBe(away);
    await expect(administration.rotate(key.selector, 0, 'y')).rejects.toBe(away);
    const actions = (await kept.page({ limit: 10 })).map(({ action }) => action);
    expect(actions).toEqual(['key.created']);
  });

  it('enters when a key expires, and of one that is rotated how long it stays good and who follows', async () => {
    const { key } = await keys.create({ ...WANTED, expiresAtMs: T0 + 5_000 }, 'x');
    const rotated = await keys.rotate(key.selector, 1_000, 'y');
    const [ofRotation, ofSuccessor] = await ledger.page({ limit: 2 });
    expect(ofSuccessor?.details).toMatchObject({ expires_at: new Date(T0 + 5_000).toISOString() });
    expect(ofRotation?.details).toEqual({
      name: 'workers',
      scopes: ['recommend', 'record'],
      tenant: 'acme',
      expires_at: new Date(T0 + 5_000).toISOString(),
      grace_ms: 1_000,
      ends_at: new Date(T0 + 1_000).toISOString(),
      successor: rotated.key.selector,
    });
  });

  it('enters nothing for a key that is revoked already, but for one that is only being rotated out', async () => {
    const { key } = await keys.create(WANTED, 'x');
    await keys.rotate(key.selector, 1_000, 'x');
    const revoked = await keys.revoke(key.selector, 'y');
    const [entry] = await ledger.page({ limit: 1 });
    expect(entry).toMatchObject({ action: 'key.revoked', actor: 'y' });
    clock.advance(1);
    expect(await keys.revoke(key.selector, 'z')).toEqual(revoked);
    expect(await ledger.page({ limit: 1 })).toEqual([entry]);
  });

  it('rotates no key that has ended or is being rotated out, and knows none that is not there', async () => {
    const { key } = await keys.create(WANTED, 'x');
    await keys.rotate(key.selector, 1_000, 'x');
    await expect(keys.rotate(key.selector, 0, 'x')).rejects.toMatchObject({ code: 'KEY_ENDED' });
    const ended = await keys.create({ ...WANTED, expiresAtMs: clock.nowMs + 1 }, 'x');
    clock.advance(1);
    await expect(keys.rotate(ended.key.selector, 0, 'x')).rejects.toMatchObject({ code: 'KEY_ENDED' });
    await expect(keys.rotate('none', 0, 'x')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(keys.revoke('none', 'x')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });
});

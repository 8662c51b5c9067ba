import { describe, expect, it } from '@jest/globals';
import type { ApiKey } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import { ANYBODY, KeyRing } from './key-ring.js';
import { digestOf, newKeyText } from './key-text.js';

const someKey = (changes: Partial<ApiKey> = {}) => {
  const { selector, text } = newKeyText();
  const key: ApiKey = {
    selector,
    digest: digestOf(text),
    name: 'workers',
    scopes: ['recommend'],
    tenant: 'acme',
    requestsPerSecond: null,
    createdAtMs: T0,
    createdBy: 'admin',
    expiresAtMs: null,
    revokedAtMs: null,
    lastUsedAtMs: null,
    replaces: null,
    ...changes,
  };
  return { key, text };
};

describe('a ring of keys', () => {
  it('knows each key by its text, with its scopes and its tenant', () => {
    const [a, b] = [someKey(), someKey({ name: 'collector', scopes: ['record', 'read'], tenant: null })];
    const ring = new KeyRing([a.key, b.key], undefined);
    expect(ring.callerOf(a.text, T0)).toMatchObject({
      actor: `key:workers/${a.key.selector}`,
      id: a.key.selector,
      tenant: 'acme',
    });
    expect(ring.callerOf(b.text, T0)?.scopes).toEqual(new Set(['record', 'read']));
  });

  it('tells keys apart from each other and from everybody else who changes something, whatever they are called', () => {
    const keys = ['startup', 'admin_key', 'api', 'judge', 'startup'].map((name) => someKey({ name }));
    const ring = new KeyRing(
      keys.map(({ key }) => key),
      'the-admin-key',
    );
    const actors = [...keys.map(({ text }) => text), 'the-admin-key'].map((text) => ring.callerOf(text, T0)?.actor);
    expect(new Set([...actors, 'startup', 'judge', ANYBODY.actor]).size).toBe(9);
    expect(actors[0]).toBe(`key:startup/${keys[0]?.key.selector}`);
  });

  it('knows no key by its selector, its digest, or all but one character', () => {
    const { key, text } = someKey();
    const ring = new KeyRing([key], 'admin-key');
    const last = text.endsWith('A') ? 'B' : 'A';
    const wrong = [
      key.selector,
      `sr_${key.selector}_`,
      Buffer.from(key.digest).toString('hex'),
      text.slice(0, -1) + last,
      `${text} `,
      text.toUpperCase(),
      '',
      'admin-key ',
      newKeyText().text,
    ];
    for (const other of wrong) expect(ring.callerOf(other, T0)).toBeNull();
  });

  it('refuses a key from the instant on at which it expires or was revoked', () => {
    for (const end of [{ expiresAtMs: T0 + 5 }, { revokedAtMs: T0 + 5 }]) {
      const { key, text } = someKey(end);
      const ring = new KeyRing([key], undefined);
      expect(ring.callerOf(text, T0 + 4)).not.toBeNull();
      expect(ring.callerOf(text, T0 + 5)).toBeNull();
      expect([ring.hasLive(T0 + 4), ring.hasLive(T0 + 5)]).toEqual([true, false]);
    }
  });

  it('lets the admin key do everything, and a key with the scope admin as well', () => {
    const { key, text } = someKey({ scopes: ['admin'], tenant: null });
    const ring = new KeyRing([key], 'the-admin-key');
    for (const known of [text, 'the-admin-key']) {
      expect([...(ring.callerOf(known, T0)?.scopes ?? [])]).toEqual([
        'recommend',
        'record',
        'read',
        'operate',
        'admin',
      ]);
    }
  });

  it('is empty only where there never was a key: one that has ended still keeps strangers out', () => {
    expect(new KeyRing([], undefined).isEmpty).toBe(true);
    expect(new KeyRing([], 'admin').isEmpty).toBe(false);
    expect(new KeyRing([someKey({ revokedAtMs: T0 }).key], undefined).isEmpty).toBe(false);
  });
});

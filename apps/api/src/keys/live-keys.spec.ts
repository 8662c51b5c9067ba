import { describe, expect, it } from '@jest/globals';
import { SmartRetryError, type KeyList } from '@smart-retry/domain';
import { FixedClock } from '@smart-retry/domain/testing';
import { openMemory } from '@smart-retry/storage/memory';
import { KeyAdministration, type WantedKey } from './key-administration.js';
import { LiveKeys, type LastKnownKeys } from './live-keys.js';

const WANTED: WantedKey = {
  name: 'workers',
  scopes: ['recommend'],
  tenant: null,
  requestsPerSecond: null,
  expiresAtMs: null,
};
const MINUTE_MS = 60_000;

const setUp = (lastKnown?: LastKnownKeys) => {
  const clock = new FixedClock();
  const { apiKeys } = openMemory();
  let isAway = false;
  const errors: unknown[] = [];
  const store = {
    revision: async () => {
      if (isAway) throw new SmartRetryError('STORE_UNAVAILABLE', 'away');
      return apiKeys.revision();
    },
    list: () => apiKeys.list(),
    create: apiKeys.create.bind(apiKeys),
    revoke: apiKeys.revoke.bind(apiKeys),
    noteUses: apiKeys.noteUses.bind(apiKeys),
  };
  const live = new LiveKeys({
    store,
    adminKey: undefined,
    clock: clock.read,
    onError: (error) => errors.push(error),
    ...(lastKnown && { lastKnown }),
  });
  const administration = new KeyAdministration({ store: apiKeys, clock: clock.read });
  return { clock, live, administration, errors, apiKeys, leave: () => (isAway = true) };
};

describe('live keys', () => {
  it('are asked for from the first one on', async () => {
    const { live, administration } = setUp();
    await live.refresh();
    expect([live.areAsked, live.hasLive]).toEqual([false, false]);
    const { text, key } = await administration.create(WANTED, 'test');
    await live.refresh();
    expect([live.areAsked, live.hasLive]).toEqual([true, true]);
    expect(live.callerOf(text)).toMatchObject({ actor: `key:workers/${key.selector}` });
    await administration.revoke(key.selector, 'test');
    await live.refresh();
    expect([live.areAsked, live.hasLive]).toEqual([true, false]);
    expect(live.callerOf(text)).toBeNull();
  });

  it('stay as they were last known while the store is away', async () => {
    const { live, administration, leave } = setUp();
    const { text } = await administration.create(WANTED, 'test');
    await live.refresh();
    leave();
    await expect(live.refresh()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(live.callerOf(text)).not.toBeNull();
  });

  it('begin with the copy where the store is away at the start, and without it are not known', async () => {
    const copies: KeyList[] = [];
    const lastKnown = {
      load: async () => copies.at(-1) ?? null,
      save: async (keys: KeyList) => void copies.push(keys),
    };
    const before = setUp(lastKnown);
    const { text } = await before.administration.create(WANTED, 'test');
    await before.live.refresh();
    for (const copy of [lastKnown, undefined]) {
      const { live, leave, errors } = setUp(copy);
      leave();
      await live.start();
      await live.stop();
      expect(live.callerOf(text) !== null).toBe(copy !== undefined);
      expect(errors).toHaveLength(1);
    }
  });

  it('write down to the minute when each was last used', async () => {
    const { live, administration, clock, apiKeys } = setUp();
    const { text, key } = await administration.create(WANTED, 'test');
    await live.refresh();
    clock.advance(1.5 * MINUTE_MS);
    live.callerOf(text);
    await live.stop();
    const nowMs = clock.nowMs;
    expect((await apiKeys.list()).keys).toEqual([{ ...key, lastUsedAtMs: nowMs - (nowMs % MINUTE_MS) }]);
  });
});

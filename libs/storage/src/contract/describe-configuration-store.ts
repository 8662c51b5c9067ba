import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY, type ConfigurationStore } from '@smart-retry/domain';
import { DAY_MS } from '../utc-days.js';
import { NOON_MS, exampleChange, exampleKeptResponse } from './examples.js';
import type { Open, Opened } from './opened.js';

export function describeConfigurationStore(
  name: string,
  open: Open<{ readonly configuration: ConfigurationStore }>,
): void {
  describe(`${name} configuration store`, () => {
    let stores: Opened<{ readonly configuration: ConfigurationStore }>;
    let store: ConfigurationStore;
    beforeAll(async () => {
      stores = await open();
      store = stores.configuration;
    });
    afterAll(() => stores.close());

    /** Changes the strategy's name from whatever revision there is. */
    const rename = async (strategyName: string, change = {}) =>
      store.commit(
        exampleChange({
          expectedRevision: await store.revision(),
          strategy: { ...DEFAULT_STRATEGY, name: strategyName },
          ...change,
        }),
      );

    it('holds nothing before the first change', async () => {
      expect(await store.load()).toBeNull();
      expect(await store.revision()).toBe(0);
      expect(await store.history({ limit: 10 })).toEqual([]);
    });

    it('answers what was committed last', async () => {
      const stored = await rename('first', { fileDigest: 'digest-1', atMs: NOON_MS, actor: 'Ann' });
      expect(stored).toEqual({
        revision: 1,
        strategy: { ...DEFAULT_STRATEGY, name: 'first' },
        changedAtMs: NOON_MS,
        changedBy: 'Ann',
      });
      expect(await store.load()).toEqual({ ...stored, fileDigest: 'digest-1' });
      expect(await store.revision()).toBe(1);
    });

    it('keeps the file digest until another is given', async () => {
      await rename('with digest', { fileDigest: 'digest-2' });
      await rename('without digest');
      expect((await store.load())?.fileDigest).toBe('digest-2');
    });

    it.each([-1, 1])('refuses a change from a revision that is off by %d, without effect', async (offset) => {
      await rename('unchanged');
      const revision = await store.revision();
      await expect(store.commit(exampleChange({ expectedRevision: revision + offset }))).rejects.toMatchObject({
        code: 'CONFIGURATION_CHANGED',
      });
      expect(await store.load()).toMatchObject({ revision, strategy: { name: 'unchanged' } });
    });

    it('accepts one of many concurrent changes from the same revision', async () => {
      const expectedRevision = await store.revision();
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, () => store.commit(exampleChange({ expectedRevision }))),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFIGURATION_CHANGED' });
      expect(await store.revision()).toBe(expectedRevision + 1);
    });

    it('pages through history, newest first', async () => {
      for (const target of ['a', 'b', 'c'])
        await rename(target, { action: 'policy.added', target, reason: `for ${target}` });
      const newest = await store.history({ limit: 2 });
      expect(newest.map((entry) => entry.target)).toEqual(['c', 'b']);
      expect(newest[0]).toEqual({
        revision: await store.revision(),
        strategy: { ...DEFAULT_STRATEGY, name: 'c' },
        changedAtMs: NOON_MS,
        changedBy: 'operator',
        action: 'policy.added',
        target: 'c',
        reason: 'for c',
      });
      const [next] = await store.history({ limit: 1, beforeRevision: newest[1]?.revision ?? 0 });
      expect(next?.target).toBe('a');
      expect(await store.history({ limit: 5, beforeRevision: 1 })).toEqual([]);
    });

    it('knows no reason where none was given', async () => {
      await rename('silent');
      expect((await store.history({ limit: 1 }))[0]?.reason).toBeNull();
    });

    it('keeps names in any script, with separators and at full length', async () => {
      const target = `a:b"c\\d'e$1 ключ 🔑 ${'é'.repeat(100)}`;
      await rename(target, { target });
      expect((await store.load())?.strategy.name).toBe(target);
      expect((await store.history({ limit: 1 }))[0]?.target).toBe(target);
    });

    it('keeps a response for 24 hours', async () => {
      const keep = exampleKeptResponse();
      await rename('kept', { keep });
      expect(await store.keptResponse(keep.key, NOON_MS)).toEqual(keep);
      expect(await store.keptResponse(keep.key, NOON_MS + DAY_MS - 1)).toEqual(keep);
      expect(await store.keptResponse(keep.key, NOON_MS + DAY_MS)).toBeNull();
      expect(await store.keptResponse('another key', NOON_MS)).toBeNull();
    });

    it('keeps a response of a write that changed nothing, and no second one under its key', async () => {
      const keep = exampleKeptResponse();
      const revision = await store.revision();
      await store.keepResponse(keep);
      expect(await store.keptResponse(keep.key, NOON_MS)).toEqual(keep);
      await expect(store.keepResponse(keep)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
      expect(await store.revision()).toBe(revision);
    });

    it('lets a key be used again after 24 hours', async () => {
      const keep = exampleKeptResponse();
      await rename('before', { keep });
      const later = { ...keep, body: '"later"', keptAtMs: NOON_MS + DAY_MS };
      await rename('after', { keep: later });
      expect(await store.keptResponse(keep.key, NOON_MS + DAY_MS)).toEqual(later);
    });

    it('changes nothing when the key is in use', async () => {
      const keep = exampleKeptResponse();
      await rename('once', { keep });
      const revision = await store.revision();
      await expect(rename('twice', { keep })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
      expect(await store.revision()).toBe(revision);
    });

    it('keeps no response of a change that was refused', async () => {
      const keep = exampleKeptResponse();
      await expect(store.commit(exampleChange({ expectedRevision: 999, keep }))).rejects.toThrow();
      expect(await store.keptResponse(keep.key, NOON_MS)).toBeNull();
    });
  });
}

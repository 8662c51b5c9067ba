import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChangeEvent, ChangeLedger, ConfigurationStore, ModelRegistry } from '@smart-retry/domain';
import { exampleDeployment, exampleModel } from './example-models.js';
import { NOON_MS, exampleChange, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

interface Stores {
  readonly ledger: ChangeLedger;
  readonly configuration: ConfigurationStore;
  readonly models: ModelRegistry;
}

const event = (given: Partial<ChangeEvent> = {}): ChangeEvent => ({
  atMs: NOON_MS,
  actor: 'Ann',
  action: 'breaker.opened',
  target: 'billing',
  reason: 'the provider asked for it',
  details: { until: null, 'weight:ß': [0.1, -1e21, true] },
  ...given,
});

export function describeChangeLedger(name: string, open: Open<Stores>): void {
  describe(`${name} change ledger`, () => {
    let stores: Opened<Stores>;
    let ledger: ChangeLedger;
    beforeAll(async () => {
      stores = await open();
      ledger = stores.ledger;
    });
    afterAll(() => stores.close());

    it('is intact while it is empty', async () => {
      const origin = '0'.repeat(64);
      expect(await ledger.verify()).toEqual({ intactEntries: 0, headHash: origin, problem: null });
      expect(await ledger.page({ limit: 10 })).toEqual([]);
      expect((await ledger.append(event())).previousHash).toBe(origin);
    });

    it('keeps a change as it was entered, sealed with the one before', async () => {
      const before = await ledger.append(event());
      const entry = await ledger.append(event({ target: null, reason: null, details: {} }));
      expect(entry).toEqual({
        ...event({ target: null, reason: null, details: {} }),
        sequence: before.sequence + 1,
        previousHash: before.hash,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(await ledger.page({ limit: 2 })).toEqual([entry, before]);
    });

    it('pages newest first, by action and by target', async () => {
      const action = unique('action');
      const target = unique('target');
      const first = await ledger.append(event({ action }));
      const second = await ledger.append(event({ action, target }));
      await ledger.append(event());
      expect(await ledger.page({ limit: 5, action })).toEqual([second, first]);
      expect(await ledger.page({ limit: 5, target })).toEqual([second]);
      expect(await ledger.page({ limit: 5, action, beforeSequence: second.sequence })).toEqual([first]);
      expect(await ledger.page({ limit: 1, action })).toEqual([second]);
    });

    it('pages by who did it, and when: from the first instant on, before the second', async () => {
      const actor = unique('actor');
      const [first, second] = [
        await ledger.append(event({ actor, atMs: NOON_MS })),
        await ledger.append(event({ actor, atMs: NOON_MS + 10 })),
      ];
      await ledger.append(event({ atMs: NOON_MS + 5 }));
      expect(await ledger.page({ limit: 5, actor })).toEqual([second, first]);
      expect(await ledger.page({ limit: 5, actor, sinceMs: NOON_MS + 10 })).toEqual([second]);
      expect(await ledger.page({ limit: 5, actor, sinceMs: NOON_MS, untilMs: NOON_MS + 10 })).toEqual([first]);
    });

    it('tells whether an entry whose hash is known is still there', async () => {
      const { hash } = await ledger.append(event());
      await ledger.append(event());
      expect((await ledger.verify({ hash })).problem).toBeNull();
      const absent = { hash: 'f'.repeat(64) };
      expect((await ledger.verify(absent)).problem).toBe('no entry has the known hash: it was changed or cut off');
    });

    it('enters changes of the configuration with them, and none that was refused', async () => {
      const change = exampleChange({ expectedRevision: 0, action: unique('changed'), target: 'rate_limit' });
      await stores.configuration.commit(change);
      await expect(stores.configuration.commit(change)).rejects.toMatchObject({ code: 'CONFIGURATION_CHANGED' });
      const entries = await ledger.page({ limit: 5, action: change.action });
      expect(entries).toMatchObject([
        {
          actor: change.actor,
          target: 'rate_limit',
          atMs: change.atMs,
          details: { revision: 1, strategy_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        },
      ]);
    });

    it('enters the moves of models with them, and none that was refused', async () => {
      const model = exampleModel();
      await stores.models.register(model, Uint8Array.of(1));
      const move = exampleDeployment({ revision: 1, version: model.version, reason: 'better' });
      await stores.models.move(move);
      await expect(stores.models.move(move)).rejects.toThrow();
      expect(await ledger.page({ limit: 5, target: model.version })).toMatchObject([
        { actor: move.actor, action: `model.${move.action}`, reason: 'better', details: { deployment: 1 } },
      ]);
      expect((await ledger.verify()).problem).toBeNull();
    });

    it('takes concurrent changes one after the other, and stays intact', async () => {
      const { intactEntries } = await ledger.verify();
      const entries = await Promise.all(Array.from({ length: 20 }, (_, i) => ledger.append(event({ atMs: i }))));
      expect(new Set(entries.map((entry) => entry.previousHash)).size).toBe(20);
      const newest = entries.find((entry) => entry.sequence === intactEntries + 20);
      expect(await ledger.verify()).toEqual({
        intactEntries: intactEntries + 20,
        headHash: newest?.hash,
        problem: null,
      });
    });
  });
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigurationStore, Deployment, ModelRegistry } from '@smart-retry/domain';
import { exampleDeployment, exampleModel } from './example-models.js';
import { NOON_MS, exampleChange, exampleKeptResponse, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

interface Stores {
  readonly models: ModelRegistry;
  readonly configuration: ConfigurationStore;
}

export function describeModelRegistry(name: string, open: Open<Stores>): void {
  describe(`${name} model registry`, () => {
    let stores: Opened<Stores>;
    let models: ModelRegistry;
    beforeAll(async () => {
      stores = await open();
      models = stores.models;
    });
    afterAll(() => stores.close());

    const register = async (artifact = Uint8Array.of(0, 1, 254, 255), trainedAtMs = NOON_MS) => {
      const model = exampleModel({ trainedAtMs });
      await models.register(model, artifact);
      return model.version;
    };
    const move = async (change: Partial<Deployment> = {}): Promise<Deployment> => {
      const deployment = exampleDeployment({ revision: (await models.revision()) + 1, ...change });
      await models.move(deployment);
      return deployment;
    };

    it('has no moves before the first one, and notes none in a history that has not begun', async () => {
      expect(await models.revision()).toBe(0);
      expect(await models.deployments({ limit: 10 })).toEqual([]);
      expect(await models.deployment(1)).toBeNull();
      const version = await register();
      await move({ version, rollout: { champion: version, canary: null, shadow: null } });
      expect(await stores.configuration.revision()).toBe(0);
    });

    it('gives back models and their bytes as they were registered', async () => {
      const model = exampleModel({ version: `${unique('v')} "ключ" ${'é'.repeat(100)}` });
      const artifact = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 256);
      await models.register(model, artifact);
      expect(await models.find(model.version)).toEqual(model);
      expect(await models.artifact(model.version)).toEqual(artifact);
      expect(await models.find('unknown')).toBeNull();
      expect(await models.artifact('unknown')).toBeNull();
    });

    it('never changes a version', async () => {
      const version = await register(Uint8Array.of(1));
      const twin = exampleModel({ version, modelType: 'gradient_boosting' });
      await expect(models.register(twin, Uint8Array.of(2))).rejects.toMatchObject({ code: 'MODEL_EXISTS' });
      expect(await models.artifact(version)).toEqual(Uint8Array.of(1));
      expect(await models.find(version)).toMatchObject({ modelType: 'logistic' });
    });

    it('lists models latest trained first, page by page', async () => {
      const versions: string[] = [];
      for (const atMs of [NOON_MS + 5, NOON_MS + 7, NOON_MS + 7]) versions.push(await register(undefined, atMs));
      const [a, b, c] = versions;
      const first = await models.list({ limit: 2 });
      expect(first.map(({ version }) => version)).toEqual([c, b]);
      const next = await models.list({ limit: 1, after: { trainedAtMs: NOON_MS + 7, version: b ?? '' } });
      expect(next.map(({ version }) => version)).toEqual([a]);
      expect(await models.list({ limit: 5, after: { trainedAtMs: 0, version: '' } })).toEqual([]);
    });

    it('keeps every move with what it left serving', async () => {
      const [champion, canary, shadow] = [await register(), await register(), await register()];
      const first = await move({ version: champion, rollout: { champion, canary: null, shadow: null } });
      const second = await move({
        version: canary,
        actor: 'judge',
        reason: 'a try',
        rollout: { champion, canary: { version: canary, percent: 12.5 }, shadow },
        previousRevision: first.revision,
      });
      const third = await move({ action: 'rolled_back', version: canary, previousRevision: null });
      expect(await models.deployments({ limit: 3 })).toEqual([third, second, first]);
      expect(await models.deployments({ limit: 1, beforeRevision: third.revision })).toEqual([second]);
      expect(await models.deployment(second.revision)).toEqual(second);
      expect(await models.revision()).toBe(third.revision);
    });

    it('knows what served at any time', async () => {
      const startMs = NOON_MS + 1_000_000;
      const [a, b] = [await move({ atMs: startMs }), await move({ atMs: startMs + 10 })];
      const servedAt = async (untilMs: number) => (await models.deployments({ limit: 1, untilMs }))[0]?.revision;
      expect(await servedAt(startMs + 9)).toBe(a.revision);
      expect(await servedAt(startMs + 10)).toBe(b.revision);
      expect(await servedAt(startMs - 1)).toBe(a.revision - 1);
      expect(await servedAt(0)).toBeUndefined();
    });

    it.each([-1, 0, 2])('refuses a move that is %d from the newest one, without effect', async (offset) => {
      const revision = await models.revision();
      const stray = exampleDeployment({ revision: revision + offset });
      await expect(models.move(stray)).rejects.toMatchObject({ code: 'CONFIGURATION_CHANGED' });
      expect(await models.revision()).toBe(revision);
    });

    it('accepts one of many concurrent moves from the same revision', async () => {
      const revision = (await models.revision()) + 1;
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, () => models.move(exampleDeployment({ revision }))),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFIGURATION_CHANGED' });
      expect(await models.revision()).toBe(revision);
    });

    it('notes a move in the history of the configuration, beside changes made at the same time', async () => {
      const { configuration } = stores;
      await configuration.commit(exampleChange({ expectedRevision: await configuration.revision() }));
      const version = await register();
      const expectedRevision = await configuration.revision();
      const [, changed] = await Promise.allSettled([
        move({ version, action: 'rolled_back', actor: 'judge', atMs: NOON_MS + 3 }),
        configuration.commit(exampleChange({ expectedRevision, action: 'policy.added' })),
      ]);
      const entries = await configuration.history({ limit: 2 });
      const noted = entries.find(({ action }) => action === 'model.rolled_back');
      expect(noted).toMatchObject({ target: version, changedBy: 'judge', changedAtMs: NOON_MS + 3 });
      const added = changed.status === 'fulfilled' ? 1 : 0;
      expect(await configuration.revision()).toBe(expectedRevision + 1 + added);
      expect(await configuration.load()).toMatchObject({ revision: expectedRevision + 1 + added });
    });

    it('keeps a response with a move, and makes none under a key in use', async () => {
      const keep = exampleKeptResponse();
      const revision = (await models.revision()) + 1;
      await models.move(exampleDeployment({ revision }), keep);
      expect(await stores.configuration.keptResponse(keep.key, NOON_MS)).toEqual(keep);
      const twin = models.move(exampleDeployment({ revision: revision + 1 }), keep);
      await expect(twin).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
      expect(await models.revision()).toBe(revision);
    });
  });
}

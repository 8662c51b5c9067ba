import { describe, expect, it } from '@jest/globals';
import type { StoredConfiguration, Strategy } from '@smart-retry/domain';
import { somePolicy, someStrategy } from '@smart-retry/domain/testing';
import { FakeConfigurationStore as FakeStore, openConfiguration as open } from './testing/fake-configuration-store.js';

const BY_TEST = { actor: 'test' };
const untilSettled = () => new Promise((resolve) => setImmediate(resolve));

describe('Configuration', () => {
  it('stores the defaults at the very first start, and nothing at the next', async () => {
    const store = new FakeStore();
    await open(store);
    const { configuration } = await open(store);
    expect(store.changes.map((change) => change.action)).toEqual(['strategy.created']);
    expect(configuration.current()).toMatchObject({ revision: 1, isEnabled: true });
  });

  it('completes a strategy of an older version, without a change of its own', async () => {
    const store = new FakeStore();
    await open(store);
    const { learning: _learning, objective: _objective, ...known } = someStrategy();
    if (store.stored !== null) store.stored = { ...store.stored, strategy: known as Strategy };
    const { configuration } = await open(store);
    expect(configuration.current().strategy).toEqual(someStrategy());
    expect(store.changes).toHaveLength(1);
    await configuration.updateGuardrails({ maxAttempts: 4 }, BY_TEST);
    expect(store.changes[1]?.strategy).toEqual(someStrategy(undefined, { maxAttempts: 4 }));
  });

  it('makes a change visible at once, with who made it', async () => {
    const store = new FakeStore();
    const { configuration } = await open(store);
    await configuration.addPolicy(somePolicy(), BY_TEST);
    expect(configuration.current().strategy.policies.at(-1)?.name).toBe('some');
    await configuration.replacePolicy('some', somePolicy({ priority: 7 }), BY_TEST);
    expect(configuration.current().strategy.policies.at(-1)?.priority).toBe(7);
    await configuration.removePolicy('some', BY_TEST);
    expect(configuration.current().strategy.policies.map((p) => p.name)).not.toContain('some');
    expect(store.changes.map(({ action, target, actor }) => [action, target, actor]).slice(1)).toEqual([
      ['policy.added', 'some', 'test'],
      ['policy.replaced', 'some', 'test'],
      ['policy.removed', 'some', 'test'],
    ]);
  });

  it('keeps why jobs are stopped, where the writer or the new stops say so', async () => {
    const store = new FakeStore();
    const { configuration } = await open(store);
    const one = { tenant: 'acme', reason: 'incident 42' };
    await configuration.updateGuardrails({ emergencyStops: [one] }, BY_TEST);
    await configuration.updateGuardrails({ emergencyStops: [one, { queue: 'bulk', reason: 'flood' }] }, BY_TEST);
    await configuration.updateGuardrails(
      { emergencyStops: [{ tenant: 'b', reason: 'x' }] },
      { ...BY_TEST, reason: 'told so' },
    );
    await configuration.updateGuardrails({ emergencyStops: [] }, BY_TEST);
    expect(store.changes.map(({ reason }) => reason).slice(1)).toEqual(['incident 42', 'flood', 'told so', null]);
  });

  it('refuses duplicates, unknown names and unsound policies, and changes nothing', async () => {
    const store = new FakeStore();
    const { configuration } = await open(store);
    const add = (changes: Parameters<typeof somePolicy>[0]) => async () =>
      configuration.addPolicy(somePolicy(changes), BY_TEST);
    await expect(add({ name: 'default' })).rejects.toMatchObject({ code: 'POLICY_EXISTS' });
    await expect(add({ errorPatterns: ['('] })).rejects.toMatchObject({ code: 'INVALID_POLICY' });
    await expect(add({ maxAttempts: 0 })).rejects.toMatchObject({ code: 'INVALID_POLICY' });
    await expect(configuration.removePolicy('nope', BY_TEST)).rejects.toMatchObject({ code: 'POLICY_NOT_FOUND' });
    const bad = configuration.updateGuardrails({ maxAttempts: 0 }, BY_TEST);
    await expect(bad).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
    expect(store.changes).toHaveLength(1);
  });

  it('changes nothing, neither stored nor live, while the store is away', async () => {
    const store = new FakeStore();
    const { configuration } = await open(store);
    store.isAway = true;
    const stop = configuration.updateGuardrails({ emergencyStop: true }, BY_TEST);
    await expect(stop).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(configuration.current().strategy.guardrails.emergencyStop).toBe(false);
  });

  it('builds each change on the newest revision of all processes', async () => {
    const store = new FakeStore();
    const [a, b] = [await open(store), await open(store)];
    await a.configuration.updateGuardrails({ emergencyStop: true }, BY_TEST);
    await b.configuration.addPolicy(somePolicy(), BY_TEST);
    expect(b.configuration.current()).toMatchObject({ revision: 3, strategy: { guardrails: { emergencyStop: true } } });
  });

  it('takes many changes at once in two processes, and loses none', async () => {
    const store = new FakeStore();
    const one = await open(store);
    const other = await open(store);
    const names = Array.from({ length: 40 }, (_, i) => `policy-${i}`);
    await Promise.all(
      names.map((name, i) => (i % 2 === 0 ? one : other).configuration.addPolicy(somePolicy({ name }), BY_TEST)),
    );
    const stored = store.stored?.strategy.policies.map(({ name }) => name);
    expect(stored).toEqual(expect.arrayContaining(names));
    expect(store.stored?.revision).toBe(1 + names.length);
  });

  it('keeps a newer revision when an older one is loaded late', async () => {
    const store = new FakeStore();
    const { configuration } = await open(store);
    const other = await open(store);
    await other.configuration.updateGuardrails({ maxAttempts: 4 }, BY_TEST);
    const load = store.load.bind(store);
    let deliver = () => {};
    store.load = async () => {
      const loaded = await load();
      store.load = load;
      await new Promise<void>((resolve) => (deliver = resolve));
      return loaded;
    };
    const polled = configuration.refresh();
    const stopped = configuration.updateGuardrails({ emergencyStop: true }, BY_TEST);
    await untilSettled();
    deliver();
    await Promise.all([polled, stopped]);
    expect(configuration.current()).toMatchObject({
      revision: 3,
      strategy: { guardrails: { emergencyStop: true, maxAttempts: 4 } },
    });
  });

  it('refuses a change whose writer has seen an older revision', async () => {
    const store = new FakeStore();
    const { configuration } = await open(store);
    await configuration.addPolicy(somePolicy(), { ...BY_TEST, expectedRevision: 1 });
    const second = configuration.removePolicy('some', { ...BY_TEST, expectedRevision: 1 });
    await expect(second).rejects.toMatchObject({ code: 'CONFIGURATION_CHANGED' });
  });

  it('follows what other processes publish', async () => {
    const store = new FakeStore();
    let publish: (revision: number) => void = () => {};
    const channel = {
      publish: () => Promise.resolve(),
      subscribe: (listener: (revision: number) => void) => {
        publish = listener;
        return Promise.resolve();
      },
    };
    const { configuration } = await open(store, { channel });
    const other = await open(store);
    await other.configuration.updateGuardrails({ emergencyStop: true }, BY_TEST);
    expect(configuration.current().strategy.guardrails.emergencyStop).toBe(false);
    publish(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(configuration.current().strategy.guardrails.emergencyStop).toBe(true);
  });
});

describe('a start while the store is away', () => {
  it('uses the last known configuration, and catches up when the store is back', async () => {
    const store = new FakeStore();
    const kept: StoredConfiguration[] = [];
    const lastKnown = {
      load: () => Promise.resolve(kept.at(-1) ?? null),
      save: (configuration: StoredConfiguration) => Promise.resolve(void kept.push(configuration)),
    };
    const before = await open(store, { lastKnown });
    await before.configuration.updateGuardrails({ emergencyStop: true }, BY_TEST);

    store.isAway = true;
    const after = await open(store, { lastKnown });
    expect(after.configuration.current()).toMatchObject({
      revision: 2,
      strategy: { guardrails: { emergencyStop: true } },
    });
    expect(after.errors).toHaveLength(1);

    store.isAway = false;
    await after.configuration.updateGuardrails({ emergencyStop: false }, BY_TEST);
    expect(after.configuration.current().revision).toBe(3);
  });

  it('acknowledges a change when its copy is kept, and keeps the copies in order', async () => {
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const lastKnown = {
      load: () => Promise.resolve(null),
      save: ({ revision }: StoredConfiguration) => {
        started.push(revision);
        return revision === 1 ? Promise.resolve() : new Promise<void>((resolve) => finish.push(resolve));
      },
    };
    const { configuration } = await open(new FakeStore(), { lastKnown });
    const acknowledged: number[] = [];
    const changes = [4, 5].map(async (maxAttempts) => {
      acknowledged.push((await configuration.updateGuardrails({ maxAttempts }, BY_TEST)).revision);
    });
    await untilSettled();
    expect({ started, acknowledged }).toEqual({ started: [1, 2], acknowledged: [] });
    finish.shift()?.();
    await untilSettled();
    expect(started).toEqual([1, 2, 3]);
    finish.shift()?.();
    await Promise.all(changes);
    expect(acknowledged.toSorted()).toEqual([2, 3]);
  });

  it('changes the configuration even where no copy can be kept', async () => {
    const lastKnown = { load: () => Promise.resolve(null), save: () => Promise.reject(new Error('disk full')) };
    const { configuration, errors } = await open(new FakeStore(), { lastKnown });
    await configuration.updateGuardrails({ maxAttempts: 4 }, BY_TEST);
    expect(configuration.current().strategy.guardrails.maxAttempts).toBe(4);
    expect(errors.map(String)).toEqual(['Error: disk full', 'Error: disk full']);
  });

  it('uses the defaults where nothing is known', async () => {
    const store = new FakeStore();
    store.isAway = true;
    const { configuration } = await open(store);
    expect(configuration.current()).toMatchObject({ revision: 0, strategy: { name: 'production' } });
    expect(configuration.freshness).toBe('stale');
  });
});

describe('what was declared', () => {
  const file = { strategy: { guardrails: { maxAttempts: 4 } }, digest: 'v1' };

  it('is applied once: a change at run time outlives restarts with the same file', async () => {
    const store = new FakeStore();
    const first = await open(store, { declared: { file, environment: {} } });
    expect(first.configuration.current().strategy.guardrails).toMatchObject({ maxAttempts: 4, maxDelayMs: 300_000 });
    await first.configuration.updateGuardrails({ maxAttempts: 6 }, BY_TEST);
    const restarted = await open(store, { declared: { file, environment: {} } });
    expect(restarted.configuration.current().strategy.guardrails.maxAttempts).toBe(6);
    const edited = await open(store, { declared: { file: { ...file, digest: 'v2' }, environment: {} } });
    expect(edited.configuration.current().strategy.guardrails.maxAttempts).toBe(4);
  });

  it('in the environment wins at every start', async () => {
    const store = new FakeStore();
    const declared = { file, environment: { sampleRate: 0.5, mlEnabled: false } };
    const first = await open(store, { declared });
    await first.configuration.replaceStrategy(() => someStrategy(), BY_TEST);
    const { configuration } = await open(store, { declared });
    expect(configuration.current().strategy).toMatchObject({ mlEnabled: false, dataCollection: { sampleRate: 0.5 } });
  });

  it('to be switched off is not live in this process however the strategy stands', async () => {
    const { configuration } = await open(new FakeStore(), { isServiceEnabled: false });
    expect(configuration.current().isEnabled).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { somePolicy } from '@smart-retry/domain/testing';
import { FakeConfigurationStore, openConfiguration } from './testing/fake-configuration-store.js';

const BY_TEST = { actor: 'test' };

describe('a write of the configuration', () => {
  it('leaves what is in force already as it is: no revision, no entry, but the answer is kept', async () => {
    const store = new FakeConfigurationStore();
    const { configuration } = await openConfiguration(store);
    await configuration.addPolicy(somePolicy(), BY_TEST);
    const inForce = configuration.current();
    const kept = { key: 'k', fingerprint: 'f', status: 200, body: '', keptAtMs: 0 };
    const again = await configuration.replacePolicy('some', somePolicy(), { ...BY_TEST, keep: () => kept });
    await configuration.updateGuardrails({}, BY_TEST);
    await configuration.overrideBreaker('mail', null, BY_TEST);
    // Stores may give the keys of an object back in another order.
    await configuration.replaceStrategy(
      ({ dataCollection, policies, ...rest }) => ({ policies, dataCollection, ...rest }),
      BY_TEST,
    );
    expect(again.revision).toBe(inForce.revision);
    expect(configuration.current()).toBe(inForce);
    expect(store.changes.map(({ action }) => action)).toEqual(['strategy.created', 'policy.added']);
    expect(store.kept).toEqual([kept]);
  });

  it('refuses a condition that does not hold also where nothing would change', async () => {
    const { configuration } = await openConfiguration(new FakeConfigurationStore());
    const late = configuration.updateGuardrails({}, { ...BY_TEST, expectedRevision: 7 });
    await expect(late).rejects.toMatchObject({ code: 'CONFIGURATION_CHANGED' });
  });
});

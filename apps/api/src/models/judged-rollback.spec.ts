import { describe, expect, it } from '@jest/globals';
import { createSmartRetry } from '@smart-retry/engine';
import { handMadeModel } from '@smart-retry/engine/testing';
import { openMemory } from '@smart-retry/storage/memory';

async function deployed() {
  const stores = openMemory();
  for (const version of ['champion', 'canary']) {
    const { description, artifact } = handMadeModel({ version });
    await stores.models.register(description, artifact);
  }
  const { rollout, models, configuration } = createSmartRetry({ stores });
  await configuration.refresh();
  await rollout.deploy({ version: 'champion', percent: 100 }, { actor: 'operator' });
  await rollout.deploy({ version: 'canary', percent: 10 }, { actor: 'operator' });
  return { rollout, models, configuration };
}

describe('a canary that is judged worse', () => {
  it('is taken back by the judge, who is named with the reason in the history', async () => {
    const { rollout, models, configuration } = await deployed();
    const judge = { actor: 'judge', reason: 'utility per decision 0.41 against 0.52' };
    expect(await rollout.rollBack(judge, { version: 'canary' })).toMatchObject({
      action: 'rolled_back',
      version: 'canary',
      ...judge,
      rollout: { champion: 'champion', canary: null },
    });
    expect(models.current()).toMatchObject({ canary: null, champion: { description: { version: 'champion' } } });
    const [entry] = await configuration.history({ limit: 1 });
    expect(entry).toMatchObject({ action: 'model.rolled_back', target: 'canary', changedBy: 'judge' });
  });

  it('is left alone where something else has been moved meanwhile', async () => {
    const { rollout, models } = await deployed();
    await rollout.rollBack({ actor: 'operator' });
    expect(await rollout.rollBack({ actor: 'judge' }, { version: 'canary' })).toBeNull();
    expect(models.current().champion?.description.version).toBe('champion');
  });
});

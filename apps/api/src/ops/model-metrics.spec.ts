import { describe, expect, it } from '@jest/globals';
import { createSmartRetry } from '@smart-retry/engine';
import { handMadeModel } from '@smart-retry/engine/testing';
import { openMemory } from '@smart-retry/storage/memory';
import { Registry } from 'prom-client';
import { observeModels } from './model-metrics.js';

const METRICS = { accuracy: 0.87, f1: 0.84, logLoss: 0.31 };

async function observed() {
  const stores = openMemory();
  const { description, artifact } = handMadeModel({ version: 'v7', metrics: METRICS });
  await stores.models.register(description, artifact);
  const engine = createSmartRetry({ stores });
  await engine.configuration.refresh();
  const registry = new Registry();
  const contest = { standingOf: (version: string) => ({ outcomes: version === 'v7' ? 40 : 0, advantage: 0.25 }) };
  observeModels(registry, { models: engine.models, contest });
  const linesOf = async (name: string) =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith(`smart_retry_model_${name}`));
  return { engine, linesOf };
}

describe('observeModels', () => {
  it('tells how good a served model was on unseen rows, by its place and without its version', async () => {
    const { engine, linesOf } = await observed();
    expect(await linesOf('quality')).toEqual([]);
    await engine.rollout.deploy({ version: 'v7', percent: 10, isForced: true }, { actor: 'test' });
    const lines = await linesOf('quality');
    expect(lines).toHaveLength(8);
    expect(lines).toEqual(
      expect.arrayContaining([
        'smart_retry_model_quality{place="canary",measure="accuracy"} 0.87',
        'smart_retry_model_quality{place="canary",measure="f1"} 0.84',
        'smart_retry_model_quality{place="canary",measure="log_loss"} 0.31',
      ]),
    );
    expect(await linesOf('deployment_revision')).toEqual(['smart_retry_model_deployment_revision 1']);
    await engine.rollout.rollBack({ actor: 'test' });
    expect(await linesOf('quality')).toEqual([]);
  });

  it('tells who has lately known better, the model or the Bayesian layer', async () => {
    const { engine, linesOf } = await observed();
    await engine.rollout.deploy({ version: 'v7', percent: 100, isForced: true }, { actor: 'test' });
    expect([...(await linesOf('forecasts')), ...(await linesOf('advantage'))]).toEqual([
      'smart_retry_model_forecasts{place="champion"} 40',
      'smart_retry_model_advantage_nats{place="champion"} 0.25',
    ]);
  });
});

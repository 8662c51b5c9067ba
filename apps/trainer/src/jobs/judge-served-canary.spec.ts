import { beforeEach, describe, expect, it } from '@jest/globals';
import { createSmartRetry, ModelMoves, type SmartRetry } from '@smart-retry/engine';
import { handMadeModel } from '@smart-retry/engine/testing';
import { openMemory, type MemoryStores } from '@smart-retry/storage/memory';
import { judgeServedCanary } from './judge-served-canary.js';

const JOBS = 800;
const OBJECTIVE = { valueHalfLifeMs: 1_800_000, attemptCost: 0.03 };

let stores: MemoryStores;
let smartRetry: SmartRetry;
let nowMs = Date.now();

beforeEach(async () => {
  stores = openMemory();
  for (const version of ['champion', 'canary']) {
    const { description, artifact } = handMadeModel({ version });
    await stores.models.register(description, artifact);
  }
  smartRetry = createSmartRetry({ stores, clock: () => nowMs });
  await smartRetry.configuration.refresh();
  await smartRetry.rollout.deploy({ version: 'champion', percent: 100 }, { actor: 'operator' });
  await smartRetry.rollout.deploy({ version: 'canary', percent: 30 }, { actor: 'operator' });
});

const judge = ({ lagMs = 0 } = {}) =>
  judgeServedCanary({
    models: stores.models,
    trials: stores.trials,
    judgements: stores.judgements,
    objective: async () => OBJECTIVE,
    intervalMs: 1_000,
    lagMs,
    clock: () => nowMs,
  });

/** Asks for many jobs and reports what came of it: the chance of success depends on whose turn it was. */
async function serve(chances: Readonly<Record<string, number>>): Promise<void> {
  const { recommender, audit, attempts } = smartRetry;
  for (let i = 0; i < JOBS; i++) {
    recommender.recommend({ jobId: `${nowMs}-${i}`, jobType: 'email_send', errorClass: 'timeout', attemptNumber: 1 });
  }
  await audit.flush();
  const { records } = await stores.decisions.page({ limit: JOBS });
  const reports = records.map(({ recommendationId, recommendation, features, evidence }, i) => ({
    jobId: features.jobId ?? '',
    jobType: features.jobType,
    attemptNumber: 2,
    success: i % 100 < 100 * (chances[evidence.layers[0]?.trial?.arm ?? ''] ?? 0),
    actualDelayMs: recommendation.delayMs,
    recommendationId,
    timestampMs: nowMs,
  }));
  await attempts.record(reports);
}

describe('a canary', () => {
  it('that does worse is taken back by the judge, who is named with the reason in history and ledger', async () => {
    await serve({ canary: 0.4, champion: 0.8 });
    const judgement = await judge();
    expect(judgement).toMatchObject({
      verdict: 'worse',
      version: 'canary',
      reason: expect.stringContaining('against'),
    });
    expect(await stores.judgements.latest()).toEqual(judgement);
    await smartRetry.models.refresh();
    expect(smartRetry.models.current()).toMatchObject({
      canary: null,
      champion: { description: { version: 'champion' } },
    });
    await smartRetry.configuration.refresh();
    const [entry] = await smartRetry.configuration.history({ limit: 1 });
    expect(entry).toMatchObject({ action: 'model.rolled_back', target: 'canary', changedBy: 'judge' });
    expect((await stores.models.deployments({ limit: 1 }))[0]).toMatchObject({ reason: judgement?.reason });
    expect(await judge()).toBeNull();
  });

  it('that does as well is left alone, and looked at once in each interval', async () => {
    await serve({ canary: 0.6, champion: 0.6 });
    const looks = await Promise.all([judge(), judge(), judge()]);
    expect(looks.filter((look) => look !== null)).toMatchObject([{ verdict: 'inconclusive' }]);
    expect(smartRetry.models.current().canary).not.toBeNull();
    nowMs += 1_000;
    expect(await judge()).toMatchObject({ verdict: 'inconclusive' });
  });

  it('is compared by what it did at its earlier shares as well', async () => {
    await serve({ canary: 0.4, champion: 0.8 });
    nowMs += 60_000;
    await smartRetry.rollout.deploy({ version: 'canary', percent: 50 }, { actor: 'operator' });
    expect(await judge()).toMatchObject({ verdict: 'worse', version: 'canary' });
  });

  it('begins anew beside another champion', async () => {
    await serve({ canary: 0.4, champion: 0.8 });
    nowMs += 60_000;
    await smartRetry.rollout.rollBack({ actor: 'operator' });
    await smartRetry.rollout.rollBack({ actor: 'operator' });
    await smartRetry.rollout.deploy({ version: 'canary', percent: 30 }, { actor: 'operator' });
    expect(await judge()).toMatchObject({ verdict: 'inconclusive', difference: null });
  });

  it('is compared once its decisions are as old as the longest delay, by decisions that are', async () => {
    await serve({ canary: 0.4, champion: 0.8 });
    expect(await judge({ lagMs: 300_000 })).toMatchObject({ verdict: 'inconclusive', difference: null });
    nowMs += 300_000;
    expect(await judge({ lagMs: 300_000 })).toMatchObject({ verdict: 'worse' });
  });

  it('of which too little is known is left alone', async () => {
    expect(await judge()).toMatchObject({ verdict: 'inconclusive', difference: null, pWorse: 1 });
    expect(smartRetry.models.current().canary).not.toBeNull();
  });

  it('that became champion meanwhile is not taken back', async () => {
    await smartRetry.rollout.deploy({ version: 'canary', percent: 100 }, { actor: 'operator' });
    const moves = new ModelMoves({ registry: stores.models, clock: () => nowMs });
    expect(await moves.rollBackCanary('canary', { actor: 'judge' })).toBeNull();
    expect(await judge()).toBeNull();
    expect(smartRetry.models.current().champion?.description.version).toBe('canary');
  });
});

import { describe, expect, it } from '@jest/globals';
import { hasSkill, loadModel } from '@smart-retry/ml';
import { FEATURES, OPTIONS } from './testing/options.js';
import { syntheticRows } from './testing/synthetic-rows.js';
import { trainModel } from './train-model.js';
import type { TrainingRequest } from './training-request.js';

const rows = syntheticRows({ rows: 2_600 });
const requestFor = (modelType: TrainingRequest['modelType']): TrainingRequest => ({
  modelType,
  features: FEATURES,
  crossValidation: 2,
  hyperparameters: modelType === 'logistic' ? {} : { max_rounds: 40 },
});

describe.each(['logistic', 'gradient_boosting'] as const)('a trained %s', (modelType) => {
  it('knows which failures waiting helps, and loads as it was measured', async () => {
    const trained = await trainModel(rows, requestFor(modelType), OPTIONS);
    const model = loadModel(trained.bytes, { sha256: OPTIONS.sha256, checksum: trained.checksum });
    const delays = [1_000, 300_000];
    const timeout = new Float64Array(2);
    const rejected = new Float64Array(2);
    model.scoreDelays({ jobType: 'job-1', errorClass: 'timeout', attemptNumber: 1 }, delays, timeout);
    model.scoreDelays({ jobType: 'job-1', errorClass: 'rejected', attemptNumber: 1 }, delays, rejected);

    expect(hasSkill(trained.metrics)).toBe(true);
    expect((timeout[1] as number) - (timeout[0] as number)).toBeGreaterThan(0.4);
    expect(Math.abs((rejected[1] as number) - (rejected[0] as number))).toBeLessThan(0.2);
    expect(trained.metrics.ece).toBeLessThan(0.1);
    expect(trained.importance.slice(0, 3).map(({ feature }) => feature)).toContain('delay_ms');
  });

  it('is the same, byte for byte, when trained again on the same rows in another order', async () => {
    const first = await trainModel(rows, requestFor(modelType), OPTIONS);
    const second = await trainModel([...rows].reverse(), requestFor(modelType), OPTIONS);
    expect(second.checksum).toBe(first.checksum);
    expect(second.lineage).toEqual(first.lineage);
  });

  it('is another one with another seed, where the seed decides anything', async () => {
    const seeded = (seed: number) =>
      trainModel(
        rows,
        {
          ...requestFor(modelType),
          seed,
          ...(modelType === 'gradient_boosting' && { hyperparameters: { max_rounds: 5, row_share: 0.5 } }),
        },
        OPTIONS,
      );
    const [first, second] = [await seeded(1), await seeded(2)];
    if (modelType === 'gradient_boosting') expect(second.checksum).not.toBe(first.checksum);
    expect(second.lineage.seed).toBe(2);
  });
});

describe('trainModel', () => {
  it('refuses fewer than 200 retries, with the counts', async () => {
    await expect(trainModel(rows.slice(0, 199), requestFor('logistic'), OPTIONS)).rejects.toMatchObject({
      code: 'INSUFFICIENT_DATA',
      counts: { retries: 199, required: 200 },
    });
  });

  it('refuses trees below 2,000 retries', async () => {
    await expect(trainModel(rows.slice(0, 1_999), requestFor('gradient_boosting'), OPTIONS)).rejects.toMatchObject({
      code: 'INSUFFICIENT_DATA',
      counts: { retries: 1_999, required: 2_000 },
    });
  });

  it('refuses rows of one outcome', async () => {
    const failures = rows.map((row) => ({ ...row, success: false }));
    await expect(trainModel(failures, requestFor('logistic'), OPTIONS)).rejects.toMatchObject({
      code: 'INSUFFICIENT_DATA',
      counts: { successes: 0, failures: rows.length },
    });
  });

  it('refuses a search of more than 100 combinations', async () => {
    const hyperparameters = {
      learning_rate: [0.1, 0.2, 0.3],
      regularization: [1, 2, 3, 4, 5, 6],
      max_rounds: [5, 6, 7, 8, 9, 10],
    };
    await expect(
      trainModel(rows, { ...requestFor('gradient_boosting'), hyperparameters }, OPTIONS),
    ).rejects.toMatchObject({ code: 'INVALID_REQUEST', fields: [{ path: 'hyperparameters' }] });
  });

  it('refuses unknown features and hyperparameters, each by its path', async () => {
    const request = {
      ...requestFor('logistic'),
      features: ['moon_phase'],
      hyperparameters: { depth: 3, regularization: -1 },
    };
    await expect(trainModel(rows, request, OPTIONS)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      fields: [{ path: 'features[0]' }, { path: 'hyperparameters.depth' }, { path: 'hyperparameters.regularization' }],
    });
  });

  it('tells progress that never falls, up to 1', async () => {
    const told: number[] = [];
    await trainModel(rows.slice(0, 500), requestFor('logistic'), {
      ...OPTIONS,
      onProgress: (share) => told.push(share),
    });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
  });

  it('ends between two steps when it is told to', async () => {
    const controller = new AbortController();
    const stop = () => controller.abort(new Error('nobody waits any more'));
    await expect(
      trainModel(rows, requestFor('gradient_boosting'), { ...OPTIONS, onProgress: stop, signal: controller.signal }),
    ).rejects.toThrow('nobody waits any more');
  });

  it('takes the best of the values that are listed', async () => {
    const { lineage, crossValidated } = await trainModel(
      rows,
      { ...requestFor('gradient_boosting'), hyperparameters: { max_rounds: [1, 20] } },
      OPTIONS,
    );
    expect(lineage.hyperparameters['max_rounds']).toBe(20);
    expect(crossValidated).toHaveLength(2);
  });

  it('finds nothing in shuffled outcomes: AUC within three standard errors of one half, and no skill', async () => {
    const shuffled = rows.map((row, i) => ({ ...row, success: rows[(i * 1_999 + 7) % rows.length]?.success === true }));
    for (const modelType of ['logistic', 'gradient_boosting'] as const) {
      const { metrics } = await trainModel(shuffled, requestFor(modelType), OPTIONS);
      const successes = metrics.rows * metrics.baseRate;
      const failures = metrics.rows - successes;
      const standardError = Math.sqrt((metrics.rows + 1) / (12 * successes * failures));
      expect(Math.abs(metrics.auc - 0.5)).toBeLessThan(3 * standardError);
      expect(hasSkill(metrics)).toBe(false);
    }
  });
});

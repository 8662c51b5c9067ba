import { describe, expect, it } from '@jest/globals';
import { clusteredStandardError, measure } from './measure.js';

const PROBABILITIES = [0.1, 0.4, 0.35, 0.8, 0.8, 0.65, 0.2, 0.9];
const LABELS = [0, 0, 1, 1, 0, 1, 0, 1];
const metrics = measure({
  probabilities: PROBABILITIES,
  labels: LABELS,
  jobIds: PROBABILITIES.map((_, i) => `job ${i}`),
  trainingRate: 0.5,
});

describe('measure', () => {
  it('finds what scikit-learn 1.2.1 finds', () => {
    expect(metrics.logLoss).toBeCloseTo(0.5322345888419119, 12); // log_loss
    expect(metrics.auc).toBeCloseTo(0.78125, 12); // roc_auc_score
    expect(metrics.brier).toBeCloseTo(0.180625, 12); // brier_score_loss
    expect(metrics.f1).toBeCloseTo(0.75, 12); // f1_score at 0.5
  });

  it('counts outcomes by prediction, and the rows behind every figure', () => {
    expect(metrics.confusion).toEqual({
      threshold: 0.5,
      truePositives: 3,
      falsePositives: 1,
      trueNegatives: 3,
      falseNegatives: 1,
    });
    expect(metrics).toMatchObject({ rows: 8, baseRate: 0.5, accuracy: 0.75, precision: 0.75, recall: 0.75 });
  });

  it('compares with always predicting the share of successes in training', () => {
    expect(metrics.baseLogLoss).toBeCloseTo(Math.LN2, 12);
    expect(metrics.skill).toBeCloseTo(metrics.baseLogLoss - metrics.logLoss, 12);
  });

  it('has an AUC of one half where there is one outcome only', () => {
    const { auc } = measure({ probabilities: [0.2, 0.4], labels: [1, 1], jobIds: ['a', 'b'], trainingRate: 0.5 });
    expect(auc).toBe(0.5);
  });
});

describe('clusteredStandardError', () => {
  it('is larger where rows of one job are alike: ten copies of a row are no ten rows', () => {
    const once = Float64Array.of(1, 0, 1, 0);
    const copied = Float64Array.from({ length: 40 }, (_, i) => once[Math.floor(i / 10)] ?? 0);
    const jobs = Array.from(copied, (_, i) => `job ${Math.floor(i / 10)}`);
    const apart = Array.from(copied, (_, i) => `job ${i}`);
    expect(clusteredStandardError(copied, jobs)).toBeCloseTo(clusteredStandardError(once, ['a', 'b', 'c', 'd']), 12);
    expect(clusteredStandardError(copied, apart)).toBeLessThan(clusteredStandardError(copied, jobs) / 3);
  });
});

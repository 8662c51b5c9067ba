import { describe, expect, it } from '@jest/globals';
import { someFeatures } from '@smart-retry/domain/testing';
import { assembleModel, loadModel, type ModelArtifact } from '@smart-retry/ml';
import { sha256Hex } from '../digest.js';
import { handMadeModel } from '../testing/hand-made-model.js';
import { createExplainer } from './explain-model.js';

const { artifact: bytes } = handMadeModel();
const logistic = loadModel(bytes, { sha256: sha256Hex });

/** Two trees: retries fail at once and succeed after a minute (log delay 11), the more so at a first attempt. */
const trees: ModelArtifact = {
  ...logistic.artifact,
  modelType: 'gradient_boosting',
  body: {
    kind: 'gradient_boosting',
    baseLogit: 0.25,
    roots: [0, 5],
    columns: [1, -1, 0, -1, -1, 1, -1, -1],
    thresholds: [11, 0, 1.5, 0, 0, 11, 0, 0],
    lefts: [1, 0, 3, 0, 0, 6, 0, 0],
    rights: [2, 0, 4, 0, 0, 7, 0, 0],
    missingLefts: [0, 0, 0, 0, 0, 0, 0, 0],
    values: [0, -2, 0, 3, 1, 0, -1, 1],
    covers: [100, 60, 40, 10, 30, 100, 60, 40],
  },
};

describe('createExplainer', () => {
  it('gives of trees what adds up to the logit less its expectation, the strongest feature first', () => {
    const model = { artifact: trees, ...assembleModel(trees) };
    const features = someFeatures({ attemptNumber: 1 });
    const contributions = createExplainer(model)(features, 120_000);
    const expectation = 0.25 + (0.6 * -2 + 0.4 * (0.25 * 3 + 0.75 * 1)) + (0.6 * -1 + 0.4 * 1);
    expect(contributions.map(({ feature }) => feature)).toEqual(['delay_ms', 'attempt_number']);
    expect(contributions.reduce((sum, { logit }) => sum + logit, expectation)).toBeCloseTo(0.25 + 3 + 1, 12);
    expect(contributions[1]?.logit).toBeCloseTo(3 - 1.5, 12);
    const { contributions: shapley } = model.explain(features, 120_000);
    expect(shapley[0]?.feature).toBe('delay_ms');
  });

  it('gives of a logistic regression exactly what it adds up', () => {
    const features = someFeatures();
    expect(createExplainer(logistic)(features, 60_000)).toEqual(logistic.explain(features, 60_000).contributions);
  });
});

import { describe, expect, it } from '@jest/globals';
import { createRng, combinationsOf } from '@smart-retry/domain';
import { ENCODER_VERSION } from '@smart-retry/ml';
import { treeLearner } from './tree-learner.js';

const VALUES = 800;
const ROWS = 8 * VALUES;

/** How many different thresholds trees find in a column of 800 values, each of which has a chance of its own. */
async function thresholdsOn(feature: string): Promise<number> {
  const rng = createRng([1, 2, 3, 4]);
  const values = Float64Array.from({ length: 2 * ROWS }, (_, i) => (i % 2 === 0 ? 0 : ((i - 1) / 2) % VALUES));
  const chances = Float64Array.from({ length: VALUES }, () => (rng() < 0.5 ? 0.05 : 0.95));
  const { body } = await treeLearner.fit({
    schema: {
      encoderVersion: ENCODER_VERSION,
      features: ['delay_ms', feature],
      runningMeans: false,
      targetEncodings: {},
    },
    data: {
      rows: new Array(ROWS).fill({}),
      values,
      width: 2,
      labels: Uint8Array.from({ length: ROWS }, (_, i) => (rng() < (chances[i % VALUES] ?? 0) ? 1 : 0)),
      weights: new Float64Array(ROWS).fill(1),
    },
    hyperparameters: combinationsOf('gradient_boosting', { max_leaves: 31, min_child_rows: 1 })[0] ?? {},
    seed: 1,
    betweenSteps: async () => undefined,
  });
  return body.kind === 'gradient_boosting' ? new Set(body.thresholds).size : 0;
}

describe('treeLearner', () => {
  it('tells values of a signal apart, and those of a target encoding not beyond 255: folds would be told apart', async () => {
    expect(await thresholdsOn('health.shard')).toBeGreaterThan(400);
    expect(await thresholdsOn('tenant')).toBeLessThan(256);
  });
});

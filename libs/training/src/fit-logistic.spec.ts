import { beforeAll, describe, expect, it } from '@jest/globals';
import { memory } from '@tensorflow/tfjs-core';
import { fitLogistic } from './fit-logistic.js';
import type { LogisticProblem } from './logistic-problem.js';
import { lossOf } from './measure.js';
import { chooseTensorBackend } from './tensor-backend.js';

const TRUE_WEIGHTS = [0.8, -1.2, 0.5, 0];
const OPTIONS = { seed: 1, learningRate: 0.01, betweenSteps: async () => undefined };

/** `x_ij` uniform on (−1, 1) by the "minimal standard" generator (Park, Miller; multiplier 48271) from 12345, row by row. */
function drawProblem(rows: number, regularization: number) {
  let state = 12_345;
  const draw = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const x: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i < rows; i++) {
    const row = TRUE_WEIGHTS.map(() => 2 * draw() - 1);
    const logit = row.reduce((sum, value, j) => sum + value * (TRUE_WEIGHTS[j] ?? 0), 0.3);
    x.push(row);
    labels.push(draw() < 1 / (1 + Math.exp(-logit)) ? 1 : 0);
  }
  const problem: LogisticProblem = {
    rows,
    terms: TRUE_WEIGHTS.length,
    writeTerms: (i, out, at) => out.set(x[i] ?? [], at),
    labels,
    weights: new Float64Array(rows).fill(1),
    regularization,
  };
  return { problem, x, labels };
}

describe('fitLogistic', () => {
  beforeAll(() => chooseTensorBackend());

  it('finds the minimum that scikit-learn finds, to three digits', async () => {
    const { problem, x, labels } = drawProblem(500, 2);
    const { intercept, weights } = await fitLogistic(problem, OPTIONS);
    // scikit-learn 1.2.1: LogisticRegression(C=1/2, tol=1e-10, max_iter=10000)
    expect(intercept).toBeCloseTo(0.20060209, 3);
    expect([...weights]).toEqual(
      [0.75957477, -0.85124459, 0.6449215, 0.05257317].map((weight) => expect.closeTo(weight, 3)),
    );
    const losses = x.map((row, i) => {
      const logit = row.reduce((sum, value, j) => sum + value * (weights[j] ?? 0), intercept);
      return lossOf(1 / (1 + Math.exp(-logit)), labels[i] ?? 0);
    });
    expect(losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toBeCloseTo(0.6105693, 5);
  });

  it('recovers the coefficients that made 40,000 outcomes', async () => {
    const { intercept, weights } = await fitLogistic(drawProblem(40_000, 1e-3).problem, OPTIONS);
    // Standard errors are near 0.02 for the weights, 0.011 for the intercept.
    expect(Math.abs(intercept - 0.3)).toBeLessThan(0.04);
    weights.forEach((weight, j) => {
      expect(Math.abs(weight - (TRUE_WEIGHTS[j] ?? 0))).toBeLessThan(0.08);
    });
  });

  it('ends at the same minimum from another order of rows', async () => {
    const { problem } = drawProblem(500, 2);
    const first = await fitLogistic(problem, OPTIONS);
    const second = await fitLogistic(problem, { ...OPTIONS, seed: 2, learningRate: 0.5 });
    expect([...second.weights]).toEqual([...first.weights].map((weight) => expect.closeTo(weight, 3)));
  });

  it('ends although the outcomes can be told apart completely', async () => {
    const { problem, x } = drawProblem(200, 1);
    const labels = x.map((row) => ((row[0] ?? 0) > 0 ? 1 : 0));
    const { weights } = await fitLogistic({ ...problem, labels }, OPTIONS);
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(weights[0]).toBeGreaterThan(2);
  });

  it('leaves no tensor behind, not even when it is told to end', async () => {
    const before = memory().numTensors;
    await fitLogistic(drawProblem(300, 1).problem, OPTIONS);
    const ended = fitLogistic(drawProblem(300, 1).problem, {
      ...OPTIONS,
      betweenSteps: () => Promise.reject(new Error('ended')),
    });
    await expect(ended).rejects.toThrow('ended');
    expect(memory().numTensors).toBe(before);
  });
});

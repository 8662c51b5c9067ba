import type { Calibration } from '@smart-retry/ml';
import { solvePositiveDefinite } from './solve-positive-definite.js';

const ITERATIONS = 30;
/** Pulls slope to 1 and intercept to 0, as if by so much curvature: few rows change little. */
const PULL = 1;

/**
 * `p = σ(slope · logit + intercept)` of greatest likelihood on rows that the model was not trained on.
 *
 * @see Platt, "Probabilistic outputs for support vector machines" (1999)
 */
export function fitPlatt(logits: ArrayLike<number>, labels: ArrayLike<number>): Calibration {
  let [slope, intercept] = [1, 0];
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const gradient = Float64Array.of(PULL * (slope - 1), PULL * intercept);
    const curvature = Float64Array.of(PULL, 0, 0, PULL);
    for (let i = 0; i < labels.length; i++) {
      const z = logits[i] as number;
      const p = 1 / (1 + Math.exp(-(slope * z + intercept)));
      const error = p - (labels[i] as number);
      const bent = p * (1 - p);
      add(gradient, 0, error * z);
      add(gradient, 1, error);
      add(curvature, 0, bent * z * z);
      add(curvature, 1, bent * z);
      add(curvature, 2, bent * z);
      add(curvature, 3, bent);
    }
    const [slopeStep = 0, interceptStep = 0] = solvePositiveDefinite(curvature, gradient);
    slope -= slopeStep;
    intercept -= interceptStep;
    if (Math.abs(slopeStep) + Math.abs(interceptStep) < 1e-10) break;
  }
  // A falling calibration would turn the order of delays round.
  return slope > 0 ? { kind: 'platt', slope, intercept } : { kind: 'platt', slope: 1e-3, intercept };
}

function add(array: Float64Array, i: number, value: number): void {
  array[i] = (array[i] as number) + value;
}

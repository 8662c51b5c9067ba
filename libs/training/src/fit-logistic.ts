import { permutation, rngFor } from './seeded.js';
import { BATCH_ROWS, LogisticBatches } from './logistic-batches.js';
import type { LogisticProblem, LogisticSolution } from './logistic-problem.js';
import { solvePositiveDefinite } from './solve-positive-definite.js';

/** Rows that the first pass walks over, in batches of this many. */
const FIRST_PASS_ROWS = 16_384;
const FIRST_PASS_BATCH = 256;
/** Rows that the curvature is taken from: the direction's quality, not the minimum, depends on it. */
const CURVATURE_ROWS = 16_384;
const MAX_ITERATIONS = 60;
/** Coefficients that move less than this have arrived; single precision gives no more. */
const TOLERANCE = 1e-5;
const MAX_HALVINGS = 12;

export interface FitOptions {
  readonly seed: number;
  /** Step of the first pass. */
  readonly learningRate: number;
  /** Called between iterations with the share of them that are done; may throw to end the fit. */
  readonly betweenSteps: (share: number) => Promise<void>;
}

/**
 * The minimum of `Σ weight · loss + λ/2 · ‖w‖²`: one pass of gradient steps over a seeded permutation of the rows to start
 * from, then Newton's steps with exact gradients, and the curvature of a sample, until nothing moves.
 */
export async function fitLogistic(
  problem: LogisticProblem,
  { seed, learningRate, betweenSteps }: FitOptions,
): Promise<LogisticSolution> {
  const batches = new LogisticBatches(problem);
  const order = permutation(problem.rows, rngFor(seed, 'logistic row order'));
  let coefficients: Float64Array = firstPass(problem, batches, order, learningRate);
  let loss = lossOf(problem, batches, order, coefficients);
  let iterations = 0;
  while (iterations < MAX_ITERATIONS) {
    await betweenSteps(iterations / MAX_ITERATIONS);
    iterations++;
    const step = newtonStep(problem, batches, order, coefficients);
    let share = 1;
    let moved = coefficients.map((value, i) => value - (step[i] as number));
    let movedLoss = lossOf(problem, batches, order, moved);
    for (let halving = 0; halving < MAX_HALVINGS && !(movedLoss <= loss * (1 + 1e-7)); halving++) {
      share /= 2;
      moved = coefficients.map((value, i) => value - share * (step[i] as number));
      movedLoss = lossOf(problem, batches, order, moved);
    }
    coefficients = moved;
    loss = movedLoss;
    if (share * step.reduce((most, value) => Math.max(most, Math.abs(value)), 0) < TOLERANCE) break;
  }
  return {
    intercept: coefficients[problem.terms] as number,
    weights: coefficients.slice(0, problem.terms),
    iterations,
  };
}

function firstPass(
  problem: LogisticProblem,
  batches: LogisticBatches,
  order: Uint32Array,
  learningRate: number,
): Float64Array {
  const coefficients = new Float64Array(problem.terms + 1);
  const rows = Math.min(FIRST_PASS_ROWS, problem.rows);
  for (let from = 0; from < rows; from += FIRST_PASS_BATCH) {
    const to = Math.min(rows, from + FIRST_PASS_BATCH);
    const { gradient } = batches.slopes(order, from, to, coefficients, { withCurvature: false });
    for (let i = 0; i < coefficients.length; i++)
      coefficients[i] = (coefficients[i] as number) - (learningRate * (gradient[i] as number)) / (to - from);
  }
  return coefficients;
}

/** `H⁻¹ g`: exact gradient; the curvature of the first rows of the order, scaled to all. */
function newtonStep(
  problem: LogisticProblem,
  batches: LogisticBatches,
  order: Uint32Array,
  coefficients: Float64Array,
): Float64Array {
  const width = problem.terms + 1;
  const gradient = new Float64Array(width);
  const curvature = new Float64Array(width * width);
  let curved = 0;
  for (let from = 0; from < problem.rows; from += BATCH_ROWS) {
    const to = Math.min(problem.rows, from + BATCH_ROWS);
    const batch = batches.slopes(order, from, to, coefficients, { withCurvature: from < CURVATURE_ROWS });
    for (let i = 0; i < width; i++) gradient[i] = (gradient[i] as number) + (batch.gradient[i] as number);
    if (batch.curvature === undefined) continue;
    curved = to;
    for (let i = 0; i < curvature.length; i++) curvature[i] = (curvature[i] as number) + (batch.curvature[i] as number);
  }
  const scale = problem.rows / curved;
  for (let i = 0; i < curvature.length; i++) curvature[i] = (curvature[i] as number) * scale;
  for (let i = 0; i < problem.terms; i++) {
    gradient[i] = (gradient[i] as number) + problem.regularization * (coefficients[i] as number);
    curvature[i * width + i] = (curvature[i * width + i] as number) + problem.regularization;
  }
  // Separable data bend the loss ever less along the intercept.
  curvature[width * width - 1] = (curvature[width * width - 1] as number) + 1e-6;
  return solvePositiveDefinite(curvature, gradient);
}

function lossOf(
  problem: LogisticProblem,
  batches: LogisticBatches,
  order: Uint32Array,
  coefficients: Float64Array,
): number {
  let loss = 0;
  for (let i = 0; i < problem.terms; i++) loss += (problem.regularization / 2) * (coefficients[i] as number) ** 2;
  for (let from = 0; from < problem.rows; from += BATCH_ROWS)
    loss += batches.loss(order, from, Math.min(problem.rows, from + BATCH_ROWS), coefficients);
  return loss;
}

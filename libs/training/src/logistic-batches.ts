import { matMul, mul, sigmoid, sub, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LogisticProblem } from './logistic-problem.js';

/** Rows that are tensors at the same time. */
export const BATCH_ROWS = 8_192;

/** What one batch of rows says of the coefficients; the intercept's is the last one. */
export interface BatchSlopes {
  readonly gradient: Float32Array;
  /** Shape [terms + 1, terms + 1]; only when it was asked for. */
  readonly curvature: Float32Array | undefined;
}

/** Rows `order[from … to)` as tensors: terms and a column of ones, labels, weights. */
export class LogisticBatches {
  readonly #problem: LogisticProblem;
  readonly #width: number;

  constructor(problem: LogisticProblem) {
    this.#problem = problem;
    this.#width = problem.terms + 1;
  }

  /** `Xᵀ(weight · (σ(Xw) − y))`, and `Xᵀ diag(weight · p(1 − p)) X` on request. No tensor outlives the call. */
  slopes(
    order: Uint32Array,
    from: number,
    to: number,
    coefficients: Float64Array,
    { withCurvature }: { readonly withCurvature: boolean },
  ): BatchSlopes {
    return tidy(() => {
      const { x, y, weight } = this.#tensors(order, from, to);
      const p = sigmoid(matMul(x, tensor2d(Float32Array.from(coefficients), [this.#width, 1])));
      const gradient = matMul(x, mul(weight, sub(p, y)), true, false).dataSync<'float32'>();
      if (!withCurvature) return { gradient, curvature: undefined };
      const bent = mul(weight, mul(p, sub(1, p)));
      return { gradient, curvature: matMul(x, mul(x, bent), true, false).dataSync<'float32'>() };
    });
  }

  /** `Σ weight · ln(1 + e^z) − y·z` over the rows. */
  loss(order: Uint32Array, from: number, to: number, coefficients: Float64Array): number {
    const logits = tidy(() => {
      const { x } = this.#tensors(order, from, to);
      return matMul(x, tensor2d(Float32Array.from(coefficients), [this.#width, 1])).dataSync<'float32'>();
    });
    return logits.reduce((total, z, i) => {
      const row = order[from + i] as number;
      const softplus = z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
      return total + (this.#problem.weights[row] as number) * (softplus - (this.#problem.labels[row] as number) * z);
    }, 0);
  }

  #tensors(order: Uint32Array, from: number, to: number) {
    const rows = to - from;
    const terms = new Float32Array(rows * this.#width);
    const y = new Float32Array(rows);
    const weight = new Float32Array(rows);
    for (let i = 0; i < rows; i++) {
      const row = order[from + i] as number;
      this.#problem.writeTerms(row, terms, i * this.#width);
      terms[(i + 1) * this.#width - 1] = 1;
      y[i] = this.#problem.labels[row] as number;
      weight[i] = this.#problem.weights[row] as number;
    }
    const column = (values: Float32Array): Tensor2D => tensor2d(values, [rows, 1]);
    return { x: tensor2d(terms, [rows, this.#width]), y: column(y), weight: column(weight) };
  }
}

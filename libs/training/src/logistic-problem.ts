/** Rows for a logistic regression, made as they are needed: all terms of all rows are never in memory at once. */
export interface LogisticProblem {
  readonly rows: number;
  /** Terms of a row, without the intercept. */
  readonly terms: number;
  /** Writes the terms of row `i` to `out`, from index `at`. */
  readonly writeTerms: (i: number, out: Float32Array, at: number) => void;
  /** 1: success. */
  readonly labels: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  /** λ of `Σ weight · loss + λ/2 · ‖w‖²`; the intercept is free. */
  readonly regularization: number;
}

export interface LogisticSolution {
  readonly intercept: number;
  readonly weights: Float64Array;
  readonly iterations: number;
}

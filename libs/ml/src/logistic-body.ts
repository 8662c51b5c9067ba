import type { CategoricalFeature } from './feature-names.js';

/** A logistic regression, as an artifact stores it. `weights` are in the order of `LogisticDesign`. */
export interface LogisticBody {
  readonly design: LogisticDesignSettings;
  readonly intercept: number;
  readonly weights: readonly number[];
}

/** How an encoded row becomes the terms of a logistic regression. */
export interface LogisticDesignSettings {
  /** By column of the encoder: mean and standard deviation (> 0) of what is not missing. */
  readonly centers: readonly number[];
  readonly scales: readonly number[];
  /** Standardised values are kept within ± this. */
  readonly clip: number;
  /** Frequent values that have weights of their own. */
  readonly indicators: readonly (readonly [CategoricalFeature, string])[];
}

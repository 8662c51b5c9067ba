import type { ModelArtifact } from './artifact.js';
import type { ModelContext } from './model-context.js';

/** How much one feature moved a prediction, in logits; positive towards success. */
export interface Contribution {
  readonly feature: string;
  readonly logit: number;
}

/** Why a probability is what it is: `base + Σ contributions` is the model's logit before calibration, exactly. */
export interface Explanation {
  readonly baseLogit: number;
  /** Strongest first. */
  readonly contributions: readonly Contribution[];
  readonly logit: number;
  readonly probability: number;
}

/** A loaded model. Holds scratch memory: not to be called by itself from within. */
export interface ScoringModel {
  readonly artifact: ModelArtifact;
  /** SHA-256 (hex) of the artifact's bytes. */
  readonly checksum: string;
  /** Writes `p(success | context, delaysMs[i])` to `out[i]` for every i. Delays in ms, ≥ 0. */
  scoreDelays(context: ModelContext, delaysMs: ArrayLike<number>, out: Float64Array): void;
  /** What each feature contributed to the prediction for one delay. */
  explain(context: ModelContext, delayMs: number): Explanation;
}

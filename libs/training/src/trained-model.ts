import type { Hyperparameters, ModelMetrics } from '@smart-retry/domain';
import type { ModelArtifact } from '@smart-retry/ml';

/** Where a model comes from: enough to make it again. */
export interface Lineage {
  readonly trainingRows: number;
  readonly validationRows: number;
  /** Rows that were left out because they lie in the gap, or belong to a job on both sides of it. */
  readonly droppedRows: number;
  /** `[from, to)` of the rows' times. */
  readonly windowFromMs: number;
  readonly windowToMs: number;
  readonly trainedAtMs: number;
  readonly seed: number;
  readonly hyperparameters: Hyperparameters;
  /** SHA-256 (hex) of the rows, in the order of their times. */
  readonly rowsHash: string;
  /** What computed it, for example `tfjs 4.22.0 wasm`. */
  readonly backend: string;
  readonly encoderVersion: number;
}

/** How one set of hyperparameters did on folds that it was not trained on. */
export interface CrossValidated {
  readonly hyperparameters: Hyperparameters;
  readonly foldLogLosses: readonly number[];
  readonly logLoss: number;
}

/** How much one feature matters, as a share of all: 0–1, their sum is 1. */
export interface FeatureImportance {
  readonly feature: string;
  readonly share: number;
}

export interface TrainedModel {
  readonly artifact: ModelArtifact;
  /** What to keep; `loadModel` of ml reads it. */
  readonly bytes: Uint8Array;
  /** SHA-256 (hex) of the bytes. */
  readonly checksum: string;
  readonly metrics: ModelMetrics;
  readonly importance: readonly FeatureImportance[];
  /** Of each set of hyperparameters that was tried, the best first; empty without cross-validation. */
  readonly crossValidated: readonly CrossValidated[];
  readonly lineage: Lineage;
}

import type { Hyperparameters } from '@smart-retry/domain';
import type { FeatureSchema, ModelBody } from '@smart-retry/ml';
import type { Dataset } from './dataset.js';

export interface FitRequest {
  readonly schema: FeatureSchema;
  readonly data: Dataset;
  /** Rows to say when to stop by; those of the training data's own end where there are none. */
  readonly heldOut?: Dataset | undefined;
  readonly hyperparameters: Hyperparameters;
  readonly seed: number;
  /** Called between steps with the share that is done; may throw to end the fit. */
  readonly betweenSteps: (share: number) => Promise<void>;
}

export interface Fitted {
  readonly body: ModelBody;
  /** Trees, or iterations. */
  readonly rounds: number;
}

/** A kind of model that can be trained. */
export interface Learner {
  /** Makes ready what computes, and answers its name and version. */
  prepare(): Promise<string>;
  /** The same hyperparameters, for a fit that has no held-out rows to stop by: as many rounds as folds needed. */
  withRounds(hyperparameters: Hyperparameters, rounds: number): Hyperparameters;
  fit(request: FitRequest): Promise<Fitted>;
}

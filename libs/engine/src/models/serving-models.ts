import type { ModelVersion, RetryFeatures } from '@smart-retry/domain';
import type { ScoringModel } from '@smart-retry/ml';
import { isInCanary } from './canary.js';
import type { ExplainDelay } from './explain-model.js';

/** A model that has been checked and can answer. */
export interface LoadedModel {
  readonly description: ModelVersion;
  readonly scoring: ScoringModel;
  readonly explain: ExplainDelay;
}

/** Who answers whom at one moment. Immutable, and replaced as a whole: no decision sees half of a move. */
export interface ServingModels {
  /** Of the move that brought it about, 0 for none. */
  readonly revision: number;
  readonly champion: LoadedModel | null;
  readonly canary: { readonly model: LoadedModel; readonly percent: number } | null;
  readonly shadow: LoadedModel | null;
}

export const NO_MODELS: ServingModels = { revision: 0, champion: null, canary: null, shadow: null };

/** The model that is to answer for a job; null where that is left to the Bayesian layer. */
export function assignedModel(features: RetryFeatures, { champion, canary }: ServingModels): LoadedModel | null {
  if (canary === null) return champion;
  const { model, percent } = canary;
  return isInCanary(features, { version: model.description.version, percent }) ? model : champion;
}

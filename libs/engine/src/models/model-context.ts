import type { EpochMs, RetryFeatures } from '@smart-retry/domain';
import type { Means, ModelContext } from '@smart-retry/ml';
import type { LoadedModel } from './serving-models.js';

/** Success rates of such failures by earlier attempts. */
export type MeansOf = (failure: Pick<RetryFeatures, 'jobType' | 'errorClass'>, atMs: EpochMs) => Means;

/** What a model is told of a failure: what training rows say as well, and nothing that training could not know. */
export function contextOf(features: RetryFeatures, nowMs: EpochMs, model: LoadedModel, means: MeansOf): ModelContext {
  const failedAtMs = features.failedAtMs ?? nowMs;
  return {
    ...features,
    failedAtMs,
    ...(model.scoring.artifact.schema.runningMeans && means(features, failedAtMs)),
  };
}

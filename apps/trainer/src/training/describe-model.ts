import type { ModelVersion, TrainingJob } from '@smart-retry/domain';
import type { ThreadResult } from './training-task.js';

/** Unique, and known before training: a job that is done twice is registered once. */
export function versionOf({ id, requestedAtMs }: Pick<TrainingJob, 'id' | 'requestedAtMs'>): string {
  return `v${Math.floor(requestedAtMs / 1_000)}-${id.slice(0, 8)}`;
}

/** What the registry is told of a model. */
export function describeModel(job: TrainingJob, result: ThreadResult, codeVersion: string): ModelVersion {
  const { metrics, lineage, importance, crossValidated, offPolicy, sample, checksum, bytes } = result;
  return {
    version: versionOf(job),
    modelType: job.order.modelType,
    features: job.order.features,
    trainedAtMs: lineage.trainedAtMs,
    trainedBy: job.requestedBy,
    artifactSha256: checksum,
    artifactBytes: bytes.byteLength,
    metrics,
    importance: importance.map(({ feature, share }) => ({ feature, importance: share })),
    lineage: {
      seed: lineage.seed,
      dataHash: lineage.rowsHash,
      dataFromMs: lineage.windowFromMs,
      dataToMs: lineage.windowToMs,
      trainingRows: lineage.trainingRows,
      validationRows: lineage.validationRows,
      codeVersion,
      backend: lineage.backend,
    },
    details: {
      job: job.id,
      hyperparameters: lineage.hyperparameters,
      cross_validation: crossValidated,
      confusion: metrics.confusion,
      sample,
      off_policy: offPolicy,
    },
  };
}

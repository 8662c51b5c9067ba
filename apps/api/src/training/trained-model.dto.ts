import type { ModelVersion } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp } from '../http/wire-time.js';

/** What training answers: a new model, which serves nobody before it is deployed. */
export const TrainedModelResponse = named(
  'TrainedModel',
  Type.Object({
    version: Type.String(),
    model_type: Type.String(),
    features: Type.Array(Type.String()),
    trained_at: Timestamp,
    accuracy: Type.Number(),
    f1_score: Type.Number(),
    validation_set: Type.String(),
    enabled: Type.Boolean({ description: 'Whether it serves.' }),
    metadata: Type.Object({
      training_samples: Type.Integer(),
      validation_samples: Type.Integer(),
      feature_count: Type.Integer(),
    }),
  }),
);
export type TrainedModelResponse = Static<typeof TrainedModelResponse>;

export function fromTrainedModel(model: ModelVersion): TrainedModelResponse {
  const { trainingRows, validationRows } = model.lineage;
  const rows = trainingRows + validationRows;
  return {
    version: model.version,
    model_type: model.modelType,
    features: [...model.features],
    trained_at: formatTimestamp(model.trainedAtMs),
    accuracy: model.metrics.accuracy,
    f1_score: model.metrics.f1,
    // Not the share that was asked for: rows of jobs on both sides of the cut belong to neither part.
    validation_set: `${Math.round((100 * validationRows) / Math.max(1, rows))}% of ${rows} samples`,
    enabled: false,
    metadata: {
      training_samples: trainingRows,
      validation_samples: validationRows,
      feature_count: model.features.length,
    },
  };
}

import { MODEL_TYPES, type ModelMetrics, type ModelVersion } from '@smart-retry/domain';
import type { ModelServing, Standing } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { withWireKeys } from '../http/wire-keys.js';
import { Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp } from '../http/wire-time.js';
import { fromTrainedModel } from '../training/trained-model.dto.js';

const Ratio = Type.Number({ minimum: 0, maximum: 1 });

const Metrics = Type.Object(
  {
    rows: Type.Integer({ description: 'Held-out rows behind every number here.' }),
    accuracy: Ratio,
    f1: Ratio,
    precision: Ratio,
    recall: Ratio,
    log_loss: Type.Number({ description: 'Nats.' }),
    brier: Ratio,
    auc: Ratio,
    ece: Type.Number({ minimum: 0, maximum: 1, description: 'Expected calibration error.' }),
    base_rate: Type.Number({ minimum: 0, maximum: 1, description: 'Share of successes.' }),
    base_log_loss: Type.Number({ description: 'Of always predicting the training share of successes.' }),
    skill: Type.Number({ description: '`base_log_loss − log_loss`.' }),
    skill_standard_error: Type.Number(),
    confusion: Type.Object({
      threshold: Ratio,
      true_positives: Type.Number(),
      false_positives: Type.Number(),
      true_negatives: Type.Number(),
      false_negatives: Type.Number(),
    }),
  },
  { description: 'On later rows of other jobs than those that it was trained on.' },
);

const Lineage = Type.Object({
  seed: Type.Integer(),
  data_hash: Type.String({ description: 'Of the rows that it was trained and judged on.' }),
  data_from: Timestamp,
  data_to: Timestamp,
  code_version: Type.String(),
  backend: Type.String(),
});

/** A trained model: what training answers, and more. */
export const ModelResponse = named(
  'Model',
  Type.Object({
    version: Type.String(),
    model_type: Type.String({ enum: [...MODEL_TYPES] }),
    features: Type.Array(Type.String()),
    trained_at: Timestamp,
    trained_by: Type.String(),
    accuracy: Ratio,
    f1_score: Ratio,
    validation_set: Type.String({ description: 'For example "20% of 5000 samples".' }),
    enabled: Type.Boolean({ description: 'Whether it answers any jobs.' }),
    metadata: Type.Object({
      training_samples: Type.Integer(),
      validation_samples: Type.Integer(),
      feature_count: Type.Integer(),
    }),
    metrics: Metrics,
    lineage: Lineage,
    feature_importance: Type.Array(Type.Object({ feature: Type.String(), importance: Type.Number() })),
    artifact: Type.Object({ sha256: Type.String(), bytes: Type.Integer() }),
    place: Type.Unsafe<'champion' | 'canary' | 'shadow' | null>({
      type: ['string', 'null'],
      enum: ['champion', 'canary', 'shadow', null],
      description: 'null: it does not answer.',
    }),
    against_bayesian: Type.Object(
      {
        outcomes: Type.Number({ description: 'Decayed.' }),
        advantage: Type.Number({
          description: 'Mean log-loss of the Bayesian layer less its own: above zero, it knows more.',
        }),
      },
      { description: 'Whose forecasts came true in this process.' },
    ),
    details: Type.Unsafe<object>({
      type: 'object',
      additionalProperties: true,
      description: 'Hyperparameters, cross-validation, off-policy evaluation.',
    }),
  }),
);
export type ModelResponse = Static<typeof ModelResponse>;

/** Who serves, as far as a model is concerned. */
export type Places = Pick<ReturnType<ModelServing['current']>, 'champion' | 'canary' | 'shadow'>;

export function fromModelVersion(model: ModelVersion, places: Places, standing: Standing): ModelResponse {
  const place = placeOf(model.version, places);
  return {
    ...fromTrainedModel(model),
    trained_by: model.trainedBy,
    enabled: place === 'champion' || (place === 'canary' && (places.canary?.percent ?? 0) > 0),
    metrics: fromMetrics(model.metrics),
    lineage: {
      seed: model.lineage.seed,
      data_hash: model.lineage.dataHash,
      data_from: formatTimestamp(model.lineage.dataFromMs),
      data_to: formatTimestamp(model.lineage.dataToMs),
      code_version: model.lineage.codeVersion,
      backend: model.lineage.backend,
    },
    feature_importance: model.importance.map(({ feature, importance }) => ({ feature, importance })),
    artifact: { sha256: model.artifactSha256, bytes: model.artifactBytes },
    place,
    against_bayesian: { outcomes: standing.outcomes, advantage: standing.advantage },
    details: withWireKeys(model.details),
  };
}

function placeOf(version: string, { champion, canary, shadow }: Places): ModelResponse['place'] {
  if (champion?.description.version === version) return 'champion';
  if (canary?.model.description.version === version) return 'canary';
  return shadow?.description.version === version ? 'shadow' : null;
}

function fromMetrics(metrics: ModelMetrics): Static<typeof Metrics> {
  const { confusion } = metrics;
  return {
    rows: metrics.rows,
    accuracy: metrics.accuracy,
    f1: metrics.f1,
    precision: metrics.precision,
    recall: metrics.recall,
    log_loss: metrics.logLoss,
    brier: metrics.brier,
    auc: metrics.auc,
    ece: metrics.ece,
    base_rate: metrics.baseRate,
    base_log_loss: metrics.baseLogLoss,
    skill: metrics.skill,
    skill_standard_error: metrics.skillStandardError,
    confusion: {
      threshold: confusion.threshold,
      true_positives: confusion.truePositives,
      false_positives: confusion.falsePositives,
      true_negatives: confusion.trueNegatives,
      false_negatives: confusion.falseNegatives,
    },
  };
}

import { recommendationToJson, toRecommendationDocument, type RetryFeatures } from '@smart-retry/domain';
import type { IssuedRecommendation, Preview } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { batchOf } from '../http/batch-of.js';
import { compileSchema } from '../http/compile-schema.js';
import { named } from '../http/named.js';
import { readEach } from '../http/read-all.js';
import { Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp, type AcceptedTimes } from '../http/wire-time.js';
import { Alternatives } from './alternatives.dto.js';
import { FeaturesBody, toRetryFeatures } from './features.dto.js';

const MAX_FEATURES_IN_BATCH = 1_000;

export const FeaturesBatchBody = Type.Object({
  features: batchOf(FeaturesBody, { maxItems: MAX_FEATURES_IN_BATCH }),
});
export type FeaturesBatchBody = Static<typeof FeaturesBatchBody>;

const checkFeatures = compileSchema<FeaturesBody>(FeaturesBody);

/** @throws {INVALID_REQUEST} @throws {INVALID_DURATION} @throws {TIMESTAMP_OUT_OF_RANGE}, naming what is wrong with every job */
export function toFeaturesOfEach(body: FeaturesBatchBody, accepted: AcceptedTimes): RetryFeatures[] {
  return readEach(body.features, (item, i) => {
    const path = `features[${i}]`;
    return toRetryFeatures(checkFeatures(item, path), accepted, `${path}.`);
  });
}

export const PreviewBody = Type.Object({
  features: FeaturesBody,
  max_attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: "Default the policy's." })),
});
export type PreviewBody = Static<typeof PreviewBody>;

const Ratio = Type.Number({ minimum: 0, maximum: 1 });
const NullableLabel = Type.Unsafe<string | null>({ type: ['string', 'null'] });

const recommendationFields = {
  should_retry: Type.Boolean(),
  delay_ms: Type.Integer({
    description: 'Until the retry, for `defer` until there is a place for it; 0 when `should_retry` is false.',
  }),
  max_attempts: Type.Integer({
    description:
      'Executions, the first included: `learned_max_attempts` where a learned layer speaks or something is tried.',
  }),
  confidence: Type.Number({ minimum: 0, maximum: 1, description: 'Certainty of the decision, not of success.' }),
  rationale: Type.String(),
  method: Type.String({
    enum: ['rules', 'bayesian', 'ml', 'guardrails', 'default'],
    description:
      'The layer whose proposal is answered; `guardrails` where one ended it, `default` where no policy matches.',
  }),
  estimated_success: Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'Chance that the retry succeeds, as far as is known; without data a prior, with a wide interval.',
  }),
  next_evaluation: Type.String({
    format: 'date-time',
    description:
      'When to ask again: for `defer` often sooner than `delay_ms`, since there may be a place sooner; not where there is no `job_id`, by which the job would be known again.',
  }),
  policy_guardrails: Type.Array(Type.String()),
  decision: Type.String({ enum: ['retry', 'defer', 'stop'] }),
  policy: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'Name of the policy that bounds it; null where none matches.',
  }),
  estimated_success_interval: Type.Array(Ratio, { minItems: 2, maxItems: 2, description: '90 % credible.' }),
  guardrail_effects: Type.Array(
    Type.Object({
      name: Type.String(),
      before: Type.Unsafe<string | number | null>({ type: ['string', 'number', 'null'] }),
      after: Type.Unsafe<string | number | null>({ type: ['string', 'number', 'null'] }),
    }),
  ),
  alternatives: Alternatives,
  reasons: Type.Array(Type.String(), { description: 'Stable codes: docs/glossary.md.' }),
  propensity: Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'With which the action, as delay bucket or stop, was chosen: what off-policy evaluation weighs by.',
  }),
  model_version: NullableLabel,
  counts_as_attempt: Type.Boolean(),
};

export const RecommendationResponse = named('DecidedRecommendation', Type.Object(recommendationFields));
export type RecommendationResponse = Static<typeof RecommendationResponse>;

export const IssuedRecommendationResponse = named(
  'Recommendation',
  Type.Object({
    ...recommendationFields,
    recommendation_id: Type.String({ maxLength: 128 }),
    expires_at: Timestamp,
  }),
);

export const RecommendationBatchResponse = Type.Object({
  recommendations: Type.Array(IssuedRecommendationResponse),
});

export const PreviewResponse = named(
  'Preview',
  Type.Object({
    job_id: Type.String(),
    current_attempt: Type.Integer(),
    features: Type.Unsafe<unknown>({ type: 'object', description: 'As sent.' }),
    recommendations: Type.Array(RecommendationResponse, {
      description:
        'One for each failure. The last one is the stop where the plan ends early, or the wait at a breaker that an operator holds open: nobody knows for how long, nor what comes then.',
    }),
    timeline: Type.Array(
      Type.Object({
        attempt_number: Type.Integer(),
        scheduled_time: Timestamp,
        estimated_success: Ratio,
        delay_ms: Type.Integer(),
        method: Type.String(),
        rationale: Type.String(),
      }),
    ),
    generated_at: Timestamp,
  }),
);
export type PreviewResponse = Static<typeof PreviewResponse>;

/** The answer's JSON text, the rest of which the audit trail keeps as well. */
export function issuedRecommendationToJson(issued: IssuedRecommendation): string {
  const { recommendation, recommendationId, expiresAtMs } = issued;
  const rest = recommendationToJson(recommendation).slice(1);
  return `{"recommendation_id":"${recommendationId}","expires_at":"${formatTimestamp(expiresAtMs)}",${rest}`;
}

/** The text of a whole batch's answer. */
export function issuedRecommendationsToJson(issued: readonly IssuedRecommendation[]): string {
  return `{"recommendations":[${issued.map(issuedRecommendationToJson).join(',')}]}`;
}

export function fromPreview(preview: Preview, features: FeaturesBody): PreviewResponse {
  return {
    job_id: features.job_id || `${features.job_type}_preview`,
    current_attempt: features.attempt_number,
    features,
    recommendations: preview.recommendations.map(toRecommendationDocument),
    timeline: preview.timeline.map((retry) => ({
      attempt_number: retry.attemptNumber,
      scheduled_time: formatTimestamp(retry.scheduledAtMs),
      estimated_success: retry.estimatedSuccess,
      delay_ms: retry.delayMs,
      method: retry.method,
      rationale: retry.rationale,
    })),
    generated_at: formatTimestamp(preview.generatedAtMs),
  };
}

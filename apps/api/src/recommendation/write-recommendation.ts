import type { Alternative, GuardrailEffect } from '@smart-retry/domain';
import type { IssuedRecommendation } from '@smart-retry/engine';
import { numberText, quote } from '../http/json-text.js';
import { formatTimestamp } from '../http/wire-time.js';

/**
 * The JSON text of a recommendation, as `JSON.stringify` would write it of `IssuedRecommendationResponse`. An object that
 * is built only to be written costs several times as much, in time and in what has to be collected.
 */
export function writeIssuedRecommendation({
  recommendation,
  recommendationId,
  expiresAtMs,
}: IssuedRecommendation): string {
  const {
    estimatedSuccessInterval: [lo, hi],
    policy,
    modelVersion,
  } = recommendation;
  // Ids and the vocabulary's own words hold nothing that JSON escapes.
  return (
    `{"recommendation_id":"${recommendationId}","expires_at":"${formatTimestamp(expiresAtMs)}"` +
    `,"should_retry":${recommendation.shouldRetry},"delay_ms":${numberText(recommendation.delayMs)}` +
    `,"max_attempts":${numberText(recommendation.maxAttempts)},"confidence":${numberText(recommendation.confidence)}` +
    `,"rationale":${quote(recommendation.rationale)},"method":"${recommendation.method}"` +
    `,"estimated_success":${numberText(recommendation.estimatedSuccess)}` +
    `,"next_evaluation":"${formatTimestamp(recommendation.nextEvaluationAtMs)}"` +
    `,"policy_guardrails":${writeWords(recommendation.policyGuardrails)},"decision":"${recommendation.decision}"` +
    `,"policy":${policy === null ? 'null' : quote(policy)}` +
    `,"estimated_success_interval":[${numberText(lo)},${numberText(hi)}]` +
    `,"guardrail_effects":[${recommendation.guardrailEffects.map(writeEffect).join(',')}]` +
    `,"alternatives":[${recommendation.alternatives.map(writeAlternative).join(',')}]` +
    `,"reasons":${writeWords(recommendation.reasons)},"propensity":${numberText(recommendation.propensity)}` +
    `,"model_version":${modelVersion === null ? 'null' : quote(modelVersion)}` +
    `,"counts_as_attempt":${recommendation.countsAsAttempt}}`
  );
}

function writeWords(words: readonly string[]): string {
  return words.length === 0 ? '[]' : `["${words.join('","')}"]`;
}

function writeEffect({ name, before, after }: GuardrailEffect): string {
  return `{"name":"${name}","before":${JSON.stringify(before)},"after":${JSON.stringify(after)}}`;
}

function writeAlternative({ delayMs, estimatedSuccess, value, whyNot }: Alternative): string {
  return (
    `{"delay_ms":${delayMs === null ? 'null' : numberText(delayMs)},"estimated_success":${numberText(estimatedSuccess)}` +
    `,"value":${numberText(value)},"why_not":${quote(whyNot)}}`
  );
}

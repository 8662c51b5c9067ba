import type { EpochMs } from './features.js';
import type {
  Alternative,
  DecisionAction,
  DecisionMethod,
  GuardrailEffect,
  GuardrailName,
  ReasonCode,
  Recommendation,
} from './recommendation.js';
import { formatTimestamp } from './timestamps.js';

/** An alternative as it leaves: to the client that asked, and into the audit trail. */
export interface AlternativeDocument {
  delay_ms: number | null;
  estimated_success: number;
  value: number;
  why_not: string;
}

/** A recommendation as it leaves: to the client that asked, and into the audit trail. */
export interface RecommendationDocument {
  delay_ms: number;
  /** RFC 3339. */
  next_evaluation: string;
  rationale: string;
  should_retry: boolean;
  max_attempts: number;
  confidence: number;
  method: DecisionMethod;
  estimated_success: number;
  policy_guardrails: GuardrailName[];
  decision: DecisionAction;
  policy: string | null;
  estimated_success_interval: [lo: number, hi: number];
  guardrail_effects: GuardrailEffect[];
  alternatives: AlternativeDocument[];
  reasons: ReasonCode[];
  propensity: number;
  model_version: string | null;
  counts_as_attempt: boolean;
}

/** What differs from job to job even where the same is said of each. */
type Particular = 'delay_ms' | 'next_evaluation' | 'rationale' | 'alternatives';

export function toRecommendationDocument(recommendation: Recommendation): RecommendationDocument {
  return {
    delay_ms: recommendation.delayMs,
    next_evaluation: formatTimestamp(recommendation.nextEvaluationAtMs),
    rationale: recommendation.rationale,
    alternatives: recommendation.alternatives.map(toAlternativeDocument),
    ...toGeneralPart(recommendation),
  };
}

export function fromRecommendationDocument(document: RecommendationDocument): Recommendation {
  return {
    decision: document.decision,
    shouldRetry: document.should_retry,
    delayMs: document.delay_ms,
    maxAttempts: document.max_attempts,
    confidence: document.confidence,
    rationale: document.rationale,
    method: document.method,
    estimatedSuccess: document.estimated_success,
    estimatedSuccessInterval: document.estimated_success_interval,
    nextEvaluationAtMs: timeOf(document.next_evaluation),
    policyGuardrails: document.policy_guardrails,
    guardrailEffects: document.guardrail_effects,
    policy: document.policy,
    alternatives: document.alternatives.map(fromAlternativeDocument),
    reasons: document.reasons,
    propensity: document.propensity,
    modelVersion: document.model_version,
    countsAsAttempt: document.counts_as_attempt,
  };
}

export function toAlternativeDocument({ delayMs, estimatedSuccess, value, whyNot }: Alternative): AlternativeDocument {
  return { delay_ms: delayMs, estimated_success: estimatedSuccess, value, why_not: whyNot };
}

/** What is said of many jobs alike, where rules or guardrails speak. */
export function toGeneralPart(recommendation: Recommendation): Omit<RecommendationDocument, Particular> {
  const [lo, hi] = recommendation.estimatedSuccessInterval;
  return {
    should_retry: recommendation.shouldRetry,
    max_attempts: recommendation.maxAttempts,
    confidence: recommendation.confidence,
    method: recommendation.method,
    estimated_success: recommendation.estimatedSuccess,
    policy_guardrails: [...recommendation.policyGuardrails],
    decision: recommendation.decision,
    policy: recommendation.policy,
    estimated_success_interval: [lo, hi],
    guardrail_effects: recommendation.guardrailEffects.map(({ name, before, after }) => ({ name, before, after })),
    reasons: [...recommendation.reasons],
    propensity: recommendation.propensity,
    model_version: recommendation.modelVersion,
    counts_as_attempt: recommendation.countsAsAttempt,
  };
}

function fromAlternativeDocument(document: AlternativeDocument): Alternative {
  const { delay_ms: delayMs, estimated_success: estimatedSuccess, value, why_not: whyNot } = document;
  return { delayMs, estimatedSuccess, value, whyNot };
}

function timeOf(text: string): EpochMs {
  return Date.parse(text);
}

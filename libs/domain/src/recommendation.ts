import type { EpochMs, RetryFeatures } from './features.js';

/** `defer`: wait without burning an attempt, then ask again. */
export type DecisionAction = 'retry' | 'defer' | 'stop';

export type LayerName = 'ml' | 'bayesian' | 'rules' | 'default';

/** Who answered: a layer, or the guardrails alone. */
export type DecisionMethod = LayerName | 'guardrails';

export type GuardrailName =
  | 'max_attempts'
  | 'max_delay'
  | 'min_delay'
  | 'emergency_stop'
  | 'disabled'
  | 'deadline'
  | 'validation'
  | 'explainability'
  | 'breaker'
  | 'budget'
  | 'tenant_limit';

/** What a guardrail changed. Delays are in milliseconds. */
export interface GuardrailEffect {
  readonly name: GuardrailName;
  readonly before: string | number | null;
  readonly after: string | number | null;
}

/** Stable codes that say why a decision is what it is. `docs/glossary.md` explains each. */
export const REASON_CODES = [
  'policy_matched',
  'no_policy_matched',
  'policy_attempts_exhausted',
  'guardrail_attempts_exhausted',
  'tenant_attempts_exhausted',
  'validation_stop',
  'emergency_stop',
  'config_stale',
  'strategy_disabled',
  'deadline_passed',
  'deadline_before_retry',
  'max_elapsed_before_retry',
  'delay_capped',
  'delay_raised',
  'hint_applied',
  'hint_beyond_cap',
  'ml_disabled',
  'ml_no_model',
  'ml_not_in_canary',
  'ml_attempts_exhausted',
  'ml_unfamiliar',
  'ml_unsure',
  'ml_not_better',
  'ml_failed',
  'bayesian_no_posterior',
  'bayesian_unsure',
  'bayesian_attempts_exhausted',
  'learning_off',
  'learning_observed',
  'exploration',
  'worth_most',
  'not_worth_its_cost',
  'awaits_dependency',
  'audit_unavailable',
  'breaker_open',
  'breaker_probe',
  'budget_spent',
  'budget_unknown',
  'tenant_limit_spent',
  'deferred_turn',
  'release_ramp',
  'shared_hint',
  'max_elapsed_unknown',
] as const;

export type ReasonCode = (typeof REASON_CODES)[number];

/** A bounded chance: point estimate and 90 % credible interval, each 0–1. */
export interface SuccessEstimate {
  readonly successProbability: number;
  readonly interval: readonly [lo: number, hi: number];
}

/** Beta(1, 1): what is known before anything is known. Its 90 % interval is exact. */
export const UNINFORMED_ESTIMATE: SuccessEstimate = { successProbability: 0.5, interval: [0.05, 0.95] };

/** Shown with a stop, which never succeeds. */
export const NO_SUCCESS: SuccessEstimate = { successProbability: 0, interval: [0, 0] };

/** An action that was considered and not taken. `delayMs` is null for stop. */
export interface Alternative {
  readonly delayMs: number | null;
  readonly estimatedSuccess: number;
  /** Expected discounted utility. */
  readonly value: number;
  readonly whyNot: string;
}

/** The answer to "this job failed: retry it, when, or stop?". */
export interface Recommendation {
  readonly decision: DecisionAction;
  readonly shouldRetry: boolean;
  /** Whole milliseconds to wait; 0 when `shouldRetry` is false. */
  readonly delayMs: number;
  /** Executions allowed, the first included. */
  readonly maxAttempts: number;
  /** Certainty of the decision, 0–1; not the chance of success. */
  readonly confidence: number;
  /** One sentence for a person on call. */
  readonly rationale: string;
  readonly method: DecisionMethod;
  readonly estimatedSuccess: number;
  readonly estimatedSuccessInterval: readonly [lo: number, hi: number];
  /** When to ask next: when the retry is due, and sooner where a job that is put off may have its turn sooner. */
  readonly nextEvaluationAtMs: EpochMs;
  readonly policyGuardrails: readonly GuardrailName[];
  readonly guardrailEffects: readonly GuardrailEffect[];
  /** The policy that bounds the decision; null when none matched. */
  readonly policy: string | null;
  readonly alternatives: readonly Alternative[];
  readonly reasons: readonly ReasonCode[];
  /** Probability with which the executed action (delay bucket, or stop) was chosen, 0–1. */
  readonly propensity: number;
  readonly modelVersion: string | null;
  readonly countsAsAttempt: boolean;
}

/**
 * A delay in milliseconds, or null for stop; its share of the explored decisions (to six digits; all sum to 1); and, where known, what is
 * believed of it: the chance of success, 0–1, and the independent outcomes that this rests on.
 */
export type TriedAction = readonly [delayMs: number | null, weight: number, chance?: number, evidence?: number];

/** What a learned layer would try instead of what it thinks best, and how often. */
export interface ExplorationPlan {
  /** Share of decisions that explore, 0–1. */
  readonly share: number;
  readonly actions: readonly TriedAction[];
}

/**
 * What a model and, where it knows anything, the Bayesian layer expect of a delay: chances of success, 0–1, to four
 * digits. Kept with the decision, so that what happens can say who knew better.
 */
export type Forecast = readonly [delayMs: number, byModel: number, byBayesian: number | null];

/** What a model in the shadow would have done. */
export interface ShadowAnswer {
  readonly modelVersion: string;
  /** Before guardrails and jitter; null for stop. */
  readonly delayMs: number | null;
  readonly forecasts: readonly Forecast[];
}

/** What part a decision has in the comparison of models. */
export interface Trial {
  /** Who was to answer: a model's version, or `bayesian`. Counts for that arm, whoever speaks in the end. */
  readonly arm: string;
  /** Of the arm's model; empty where it has none, or was not asked. */
  readonly forecasts: readonly Forecast[];
  readonly shadow?: ShadowAnswer;
}

/** Why a layer did not speak: expected, and part of the answer's evidence. */
export interface Abstention {
  readonly kind: 'abstention';
  readonly layer: LayerName;
  readonly reason: ReasonCode;
  /** A layer that is not sure enough to speak may still explore. */
  readonly exploration?: ExplorationPlan;
  /** Where the rules stop: what it expects, unsure as it is, of a retry once the dependency is back, where that is worth its cost. */
  readonly onceBack?: SuccessEstimate;
  /** Of the ml layer while models are deployed. */
  readonly trial?: Trial;
}

/** What a layer would do, before guardrails and jitter. */
export interface Proposal {
  readonly kind: 'proposal';
  readonly layer: LayerName;
  readonly action: 'retry' | 'stop';
  /** Before jitter. */
  readonly delayMs: number;
  /** The layer's own bounds; jitter stays inside. */
  readonly floorMs: number;
  readonly capMs: number;
  /** Half width of the jitter as a share of the delay, 0–1. */
  readonly jitterRatio: number;
  readonly estimate: SuccessEstimate;
  /** Expected discounted utility of the action; absent where it was not worked out. */
  readonly value?: number;
  readonly confidence: number;
  readonly rationale: string;
  readonly reasons: readonly ReasonCode[];
  readonly alternatives: readonly Alternative[];
  readonly modelVersion: string | null;
  readonly exploration?: ExplorationPlan;
  /** Of a stop: what is expected of a retry once the dependency is back, where that is worth its cost. */
  readonly onceBack?: SuccessEstimate;
  /** Of a retry while the dependency's breaker is not closed: what is expected of it at once, as the probe that it may become. */
  readonly atOnce?: SuccessEstimate;
  /** Of the ml layer while models are deployed. */
  readonly trial?: Trial;
}

/**
 * What the guardrails that all callers of a dependency share made of a planned retry. `deferred`: wait for a free place
 * without burning an attempt, and ask again by then.
 */
export interface AdmissionVerdict {
  readonly kind: 'admitted' | 'deferred' | 'refused';
  /** Whole milliseconds to wait, when deferred until there is a place; 0 when refused. */
  readonly delayMs: number;
  /** When deferred: after how long to ask again, at most `delayMs`; absent: after it. */
  readonly askAgainMs?: number;
  readonly reasons: readonly ReasonCode[];
  readonly effects: readonly GuardrailEffect[];
  /** Clauses for the rationale, without a full stop. */
  readonly because: readonly string[];
}

/** How the dependency was doing when a decision was made. */
export interface FleetEvidence {
  /** Whether its breaker was closed, so that something might be tried. */
  readonly isCalm: boolean;
  /** How much longer a server had asked others to wait, in milliseconds. */
  readonly sharedHintMs: number;
  /** Null where no retry was to be admitted. */
  readonly verdict: AdmissionVerdict | null;
}

/** What stood behind a decision; kept in the audit trail, where the decision can be replayed from it. */
export interface Evidence {
  /** What each layer that was asked said, in order. */
  readonly layers: readonly (Proposal | Abstention)[];
  readonly configurationRevision: number;
  /** Absent where nothing of it mattered: a replay, or a preview. */
  readonly fleet?: FleetEvidence | undefined;
  /** What was added to the log-odds of the chance that the speaking layer gave, before it was shown; absent: nothing. */
  readonly shift?: number | undefined;
  /** How far the chance may be off before anything has come of such answers, in log-odds, by which the interval is wider; absent: none. */
  readonly shiftDeviation?: number | undefined;
  /** What came of such answers tells of the log-odds that were shown, 1 / variance, by which the interval is narrower; absent in older records. */
  readonly oddsPrecision?: number | undefined;
}

/** A decision as the audit trail keeps it. */
export interface DecisionRecord {
  readonly recommendationId: string;
  readonly decidedAtMs: EpochMs;
  readonly features: RetryFeatures;
  readonly recommendation: Recommendation;
  readonly evidence: Evidence;
  /** Four 32-bit words that seeded the draws. */
  readonly rngSeed: readonly [number, number, number, number];
}

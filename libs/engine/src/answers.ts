import {
  BUILT_IN_POLICY,
  describeDuration,
  legible,
  type EpochMs,
  type GuardrailEffect,
  type Proposal,
  type ReasonCode,
  type Recommendation,
  type RetryPolicy,
  type SuccessEstimate,
} from '@smart-retry/domain';
import type { TerminalStop } from '@smart-retry/guardrails';
import { toFourDigits } from './four-digits.js';

/** What every answer to one question shares. */
export interface AnswerFrame {
  readonly policy: RetryPolicy | null;
  readonly guardrailMaxAttempts: number;
  /** What learned layers are allowed. */
  readonly learnedMaxAttempts: number;
  readonly nowMs: EpochMs;
}

/** Why an answer is what it is. */
export interface Grounds {
  readonly reasons: readonly ReasonCode[];
  readonly effects: readonly GuardrailEffect[];
  /** Clauses of the rationale, without a full stop. */
  readonly because: readonly string[];
  /** With which the answer was chosen. */
  readonly propensity: number;
}

/** Who speaks where guardrails end the matter: the policy's own attempts are answered. */
const UNASKED: Pick<Proposal, 'layer' | 'reasons'> = { layer: 'rules', reasons: [] };

/** A retry, or a defer when the wait burns no attempt. */
export function answerWait(
  delayMs: number,
  { isDeferred, askAgainMs = delayMs }: { readonly isDeferred: boolean; readonly askAgainMs?: number | undefined },
  proposal: Proposal,
  grounds: Grounds,
  frame: AnswerFrame,
): Recommendation {
  const opening = isDeferred
    ? `Wait ${describeDuration(delayMs)} without using up an attempt, ${askAgainMs < delayMs ? `or ask again in ${describeDuration(askAgainMs)}` : 'then ask again'}`
    : `Retry in ${describeDuration(delayMs)}`;
  return {
    decision: isDeferred ? 'defer' : 'retry',
    shouldRetry: true,
    delayMs,
    maxAttempts: allowedAttempts(frame, proposal),
    confidence: toFourDigits(proposal.confidence),
    rationale: legible(`${opening}: ${grounds.because.join('; ')}.`),
    method: proposal.layer,
    estimatedSuccess: toFourDigits(proposal.estimate.successProbability),
    estimatedSuccessInterval: shown(proposal.estimate.interval),
    nextEvaluationAtMs: frame.nowMs + askAgainMs,
    policyGuardrails: grounds.effects.map((effect) => effect.name),
    guardrailEffects: grounds.effects,
    policy: frame.policy?.name ?? null,
    alternatives: proposal.alternatives,
    reasons: grounds.reasons,
    propensity: grounds.propensity,
    modelVersion: proposal.modelVersion,
    countsAsAttempt: !isDeferred,
  };
}

/** A stop that a layer proposed, or to which a guardrail turned its proposal. */
export function answerStop(
  { layer, reasons, alternatives, modelVersion }: Proposal,
  confidence: number,
  grounds: Grounds,
  frame: AnswerFrame,
): Recommendation {
  const maxAttempts = allowedAttempts(frame, { layer, reasons });
  return stopAs({ method: layer, confidence, maxAttempts, alternatives, modelVersion }, grounds, frame);
}

/** A stop that guardrails imposed before any layer was asked. */
export function answerTerminalStops(stops: readonly TerminalStop[], frame: AnswerFrame): Recommendation {
  const grounds: Grounds = {
    reasons: stops.map((stop) => stop.reason),
    effects: stops.map((stop) => ({ name: stop.guardrail, before: 'retry', after: 'stop' })),
    because: stops.map((stop) => stop.because),
    propensity: 1,
  };
  const maxAttempts = allowedAttempts(frame, UNASKED);
  const speaker = { method: 'guardrails', confidence: 1, maxAttempts, alternatives: [], modelVersion: null } as const;
  return stopAs(speaker, grounds, frame);
}

/** How the guardrail lowers the attempts that a policy allows, if it does. */
export function attemptEffects({ policy, guardrailMaxAttempts }: AnswerFrame): readonly GuardrailEffect[] {
  const { maxAttempts } = policy ?? BUILT_IN_POLICY;
  return maxAttempts > guardrailMaxAttempts
    ? [{ name: 'max_attempts', before: maxAttempts, after: guardrailMaxAttempts }]
    : [];
}

function allowedAttempts(
  { policy, guardrailMaxAttempts, learnedMaxAttempts }: AnswerFrame,
  { layer, reasons }: Pick<Proposal, 'layer' | 'reasons'>,
): number {
  const isLearned = layer === 'ml' || layer === 'bayesian' || reasons.includes('exploration');
  return isLearned ? learnedMaxAttempts : Math.min((policy ?? BUILT_IN_POLICY).maxAttempts, guardrailMaxAttempts);
}

function shown([lo, hi]: SuccessEstimate['interval']): SuccessEstimate['interval'] {
  return [toFourDigits(lo), toFourDigits(hi)];
}

type Speaker = Pick<Recommendation, 'method' | 'confidence' | 'maxAttempts' | 'alternatives' | 'modelVersion'>;

function stopAs(speaker: Speaker, grounds: Grounds, frame: AnswerFrame): Recommendation {
  return {
    decision: 'stop',
    shouldRetry: false,
    delayMs: 0,
    maxAttempts: speaker.maxAttempts,
    confidence: toFourDigits(speaker.confidence),
    rationale: legible(`Stop: ${grounds.because.join('; ')}.`),
    method: speaker.method,
    // The chance that the recommended action leads to a success: no retry, no success.
    estimatedSuccess: 0,
    estimatedSuccessInterval: [0, 0],
    nextEvaluationAtMs: frame.nowMs,
    policyGuardrails: grounds.effects.map((effect) => effect.name),
    guardrailEffects: grounds.effects,
    policy: frame.policy?.name ?? null,
    alternatives: speaker.alternatives,
    reasons: grounds.reasons,
    propensity: grounds.propensity,
    modelVersion: speaker.modelVersion,
    countsAsAttempt: false,
  };
}

import {
  BUILT_IN_POLICY,
  describeDuration,
  type EpochMs,
  type GuardrailEffect,
  type Proposal,
  type ReasonCode,
  type Recommendation,
  type RetryPolicy,
} from '@smart-retry/domain';
import type { TerminalStop } from '@smart-retry/guardrails';
import type { DrawnDelay } from './draw-delay.js';

/** What every answer to one question shares. */
export interface AnswerFrame {
  readonly policy: RetryPolicy | null;
  readonly guardrailMaxAttempts: number;
  readonly nowMs: EpochMs;
}

/** Why an answer is what it is. */
export interface Grounds {
  readonly reasons: readonly ReasonCode[];
  readonly effects: readonly GuardrailEffect[];
  /** Clauses of the rationale, without a full stop. */
  readonly because: readonly string[];
}

/** Wait, then execute the job once more. */
export function answerRetry(
  drawn: DrawnDelay,
  proposal: Proposal,
  grounds: Grounds,
  frame: AnswerFrame,
): Recommendation {
  return waitFrame('retry', `Retry in ${describeDuration(drawn.delayMs)}`, drawn, proposal, grounds, frame);
}

/** Wait without using up an attempt, then ask again. */
export function answerDefer(
  drawn: DrawnDelay,
  proposal: Proposal,
  grounds: Grounds,
  frame: AnswerFrame,
): Recommendation {
  const opening = `Wait ${describeDuration(drawn.delayMs)} without using up an attempt, then ask again`;
  return waitFrame('defer', opening, drawn, proposal, grounds, frame);
}

/** A stop that a layer proposed, or to which a guardrail turned its proposal. */
export function answerStop(
  proposal: Proposal,
  confidence: number,
  grounds: Grounds,
  frame: AnswerFrame,
): Recommendation {
  return {
    ...stopFrame(grounds, frame),
    confidence,
    method: proposal.layer,
    alternatives: proposal.alternatives,
    modelVersion: proposal.modelVersion,
  };
}

/** A stop that guardrails imposed before any layer was asked. */
export function answerTerminalStops(stops: readonly TerminalStop[], frame: AnswerFrame): Recommendation {
  const grounds: Grounds = {
    reasons: stops.map((stop) => stop.reason),
    effects: stops.map((stop) => ({ name: stop.guardrail, before: 'retry', after: 'stop' })),
    because: stops.map((stop) => stop.because),
  };
  return { ...stopFrame(grounds, frame), confidence: 1, method: 'guardrails', alternatives: [], modelVersion: null };
}

/** How the guardrail lowers the attempts that a policy allows, if it does. */
export function attemptEffects({ policy, guardrailMaxAttempts }: AnswerFrame): readonly GuardrailEffect[] {
  const { maxAttempts } = policy ?? BUILT_IN_POLICY;
  return maxAttempts > guardrailMaxAttempts
    ? [{ name: 'max_attempts', before: maxAttempts, after: guardrailMaxAttempts }]
    : [];
}

function allowedAttempts({ policy, guardrailMaxAttempts }: AnswerFrame): number {
  return Math.min((policy ?? BUILT_IN_POLICY).maxAttempts, guardrailMaxAttempts);
}

function waitFrame(
  decision: 'retry' | 'defer',
  opening: string,
  drawn: DrawnDelay,
  proposal: Proposal,
  grounds: Grounds,
  frame: AnswerFrame,
): Recommendation {
  return {
    decision,
    shouldRetry: true,
    delayMs: drawn.delayMs,
    maxAttempts: allowedAttempts(frame),
    confidence: proposal.confidence,
    rationale: `${opening}: ${grounds.because.join('; ')}.`,
    method: proposal.layer,
    estimatedSuccess: proposal.estimate.successProbability,
    estimatedSuccessInterval: proposal.estimate.interval,
    nextEvaluationAtMs: frame.nowMs + drawn.delayMs,
    policyGuardrails: grounds.effects.map((effect) => effect.name),
    guardrailEffects: grounds.effects,
    policy: frame.policy?.name ?? null,
    alternatives: proposal.alternatives,
    reasons: grounds.reasons,
    propensity: drawn.propensity,
    modelVersion: proposal.modelVersion,
    countsAsAttempt: decision === 'retry',
  };
}

function stopFrame(grounds: Grounds, frame: AnswerFrame) {
  return {
    decision: 'stop',
    shouldRetry: false,
    delayMs: 0,
    maxAttempts: allowedAttempts(frame),
    rationale: `Stop: ${grounds.because.join('; ')}.`,
    // The chance that the recommended action leads to a success: no retry, no success.
    estimatedSuccess: 0,
    estimatedSuccessInterval: [0, 0],
    nextEvaluationAtMs: frame.nowMs,
    policyGuardrails: grounds.effects.map((effect) => effect.name),
    guardrailEffects: grounds.effects,
    policy: frame.policy?.name ?? null,
    reasons: grounds.reasons,
    propensity: 1,
    countsAsAttempt: false,
  } as const;
}

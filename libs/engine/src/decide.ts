import {
  type EpochMs,
  type Evidence,
  type GuardrailEffect,
  type Recommendation,
  type RetryFeatures,
  type Rng,
} from '@smart-retry/domain';
import { applyGuardrails, findTerminalStops } from '@smart-retry/guardrails';
import {
  answerDefer,
  answerRetry,
  answerStop,
  answerTerminalStops,
  attemptEffects,
  type AnswerFrame,
} from './answers.js';
import { abstentionReasons, askLayers } from './ask-layers.js';
import type { DecisionSnapshot } from './decision-snapshot.js';
import { drawDelay } from './draw-delay.js';
import { applyServerHint } from './server-hint.js';

export interface Decision {
  readonly recommendation: Recommendation;
  readonly evidence: Evidence;
}

const STOPPED_BY_ATTEMPTS: GuardrailEffect = { name: 'max_attempts', before: 'retry', after: 'stop' };

/**
 * Retry it, when, or stop? Pure: the same features, snapshot, time and draws give the same decision.
 * Order: guardrails that end it; the matching policy; layers (ml, bayesian, rules, default), of which the first
 * proposal speaks; the server's hint; guardrails that restrict; jitter inside the clamp.
 */
export function decide(features: RetryFeatures, snapshot: DecisionSnapshot, nowMs: EpochMs, rng: Rng): Decision {
  const { configuration } = snapshot;
  const { strategy, revision: configurationRevision } = configuration;
  const { guardrails } = strategy;
  const { policy: matched, validationPolicy } = configuration.policies.match(features);
  const policy = validationPolicy ?? matched;
  const frame: AnswerFrame = { policy, guardrailMaxAttempts: guardrails.maxAttempts, nowMs };

  const stops = findTerminalStops({
    features,
    guardrails,
    isEnabled: configuration.isEnabled,
    validationPolicy,
    nowMs,
  });
  if (stops.length > 0) {
    return { recommendation: answerTerminalStops(stops, frame), evidence: { layers: [], configurationRevision } };
  }

  const asked = askLayers({ features, policy, strategy, nowMs, rng }, snapshot);
  const { proposal } = asked;
  const evidence: Evidence = { layers: asked.layers, configurationRevision };
  const reasons = [...proposal.reasons, ...abstentionReasons(asked.layers)];
  if (proposal.action === 'stop') {
    const isOutOfAttempts = proposal.reasons.includes('policy_attempts_exhausted');
    const effects = isOutOfAttempts ? [STOPPED_BY_ATTEMPTS, ...asked.effects] : asked.effects;
    const grounds = { reasons, effects, because: [proposal.rationale] };
    return { recommendation: answerStop(proposal, proposal.confidence, grounds, frame), evidence };
  }

  const { delayMs, floorMs, capMs, jitterRatio } = proposal;
  const proposed = { delayMs, floorMs, capMs, jitterRatio, isFloored: false };
  const hinted = applyServerHint(proposed, features.retryAfterMs, guardrails);
  const guarded = applyGuardrails(hinted.plan, {
    minDelayMs: guardrails.minDelayMs,
    maxDelayMs: guardrails.maxDelayMs,
    untilDeadlineMs: (features.deadlineAtMs ?? Number.POSITIVE_INFINITY) - nowMs,
    untilMaxElapsedMs: (features.firstFailedAtMs ?? nowMs) + (policy?.maxElapsedMs ?? Number.POSITIVE_INFINITY) - nowMs,
  });
  const effects = [...attemptEffects(frame), ...asked.effects, ...hinted.effects];
  if (guarded.kind === 'refused') {
    const grounds = {
      reasons: [guarded.reason, ...hinted.reasons, ...reasons],
      effects: [...effects, guarded.effect],
      because: [guarded.because],
    };
    return { recommendation: answerStop(proposal, 1, grounds, frame), evidence };
  }

  const grounds = {
    reasons: [...hinted.reasons, ...guarded.reasons, ...reasons],
    effects: [...effects, ...guarded.effects],
    because: [proposal.rationale, ...hinted.because, ...guarded.because],
  };
  const answerWait = hinted.isDeferred ? answerDefer : answerRetry;
  return { recommendation: answerWait(drawDelay(guarded.plan, rng), proposal, grounds, frame), evidence };
}

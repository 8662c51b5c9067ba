import {
  type EpochMs,
  type Evidence,
  type GuardrailEffect,
  type ReasonCode,
  type Recommendation,
  type RetryFeatures,
  type Rng,
} from '@smart-retry/domain';
import { findTerminalStops } from '@smart-retry/guardrails';
import { answerStop, answerTerminalStops, answerWait, attemptEffects, type AnswerFrame } from './answers.js';
import { askLayers } from './ask-layers.js';
import type { DecisionSnapshot } from './decision-snapshot.js';
import { drawDelay, explore, propensityOf } from './explore.js';
import { learnedBoundsOf } from './learned-bounds.js';
import { restrictProposal } from './restrict-proposal.js';

export interface Decision {
  readonly recommendation: Recommendation;
  readonly evidence: Evidence;
}

const STALE: readonly ReasonCode[] = ['config_stale'];
const STOPPED_BY_ATTEMPTS: GuardrailEffect = { name: 'max_attempts', before: 'retry', after: 'stop' };

/**
 * Retry it, when, or stop? Pure: the same features, snapshot, time and draws give the same decision.
 * Order: guardrails that end it; the matching policy; layers (ml, bayesian, rules, default), of which the first
 * proposal speaks; perhaps another action in its place, to learn from it; the server's hint; guardrails that restrict;
 * jitter inside the clamp.
 */
export function decide(features: RetryFeatures, snapshot: DecisionSnapshot, nowMs: EpochMs, rng: Rng): Decision {
  const { configuration } = snapshot;
  const { strategy, revision: configurationRevision } = configuration;
  const { guardrails } = strategy;
  const { policy: matched, validationPolicy } = configuration.policies.match(features);
  const policy = validationPolicy ?? matched;
  const frame: AnswerFrame = {
    policy,
    guardrailMaxAttempts: guardrails.maxAttempts,
    learnedMaxAttempts: learnedBoundsOf(strategy, policy).maxAttempts,
    nowMs,
  };

  const stops = findTerminalStops({
    features,
    guardrails,
    isEnabled: configuration.isEnabled,
    isConfigurationExpired: snapshot.freshness === 'expired',
    validationPolicy,
    nowMs,
  });
  if (stops.length > 0) {
    return { recommendation: answerTerminalStops(stops, frame), evidence: { layers: [], configurationRevision } };
  }

  const context = { features, policy, strategy, nowMs, rng };
  const asked = askLayers(context, snapshot);
  const exploited = { proposal: asked.proposal, restricted: restrictProposal(asked.proposal, context) };
  const explored = asked.exploration === null ? null : explore(asked.exploration, asked.proposal, context, rng);
  const { proposal, restricted } = explored?.executed ?? exploited;

  const isOutOfAttempts = proposal.reasons.includes('policy_attempts_exhausted');
  const attempts = isOutOfAttempts ? [STOPPED_BY_ATTEMPTS] : attemptEffects(frame);
  const grounds = {
    reasons: [...restricted.reasons, ...proposal.reasons, ...asked.silences, ...staleReasons(snapshot)],
    effects: [...attempts, ...asked.effects, ...restricted.effects],
    because: restricted.because,
  };
  const evidence: Evidence = { layers: asked.layers, configurationRevision };
  const answer =
    restricted.kind === 'stop'
      ? answerStop(proposal, restricted.isImposed ? 1 : proposal.confidence, grounds, frame)
      : answerWait(drawDelay(restricted.plan, rng), restricted, proposal, grounds, frame);
  const action = answer.decision === 'stop' ? null : answer.delayMs;
  const propensity = propensityOf(action, exploited.restricted, explored, context);
  return { recommendation: { ...answer, propensity }, evidence };
}

function staleReasons({ freshness }: DecisionSnapshot): readonly ReasonCode[] {
  return freshness === 'stale' ? STALE : [];
}

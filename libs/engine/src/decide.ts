import {
  type EpochMs,
  type Evidence,
  type FleetEvidence,
  type GuardrailEffect,
  type Proposal,
  type ReasonCode,
  type Recommendation,
  type RetryFeatures,
  type Rng,
} from '@smart-retry/domain';
import { fewestAttempts, findTerminalStops, type Admission } from '@smart-retry/guardrails';
import {
  answerStop,
  answerTerminalStops,
  answerWait,
  attemptEffects,
  type AnswerFrame,
  type Grounds,
} from './answers.js';
import { askLayers } from './ask-layers.js';
import { correctAlternatives } from './correct-alternatives.js';
import type { DecisionSnapshot } from './decision-snapshot.js';
import { drawDelay, explore, propensityOf } from './explore.js';
import { cameAboutBy, isLearned } from './hindsight.js';
import { learnedBoundsOf } from './learned-bounds.js';
import { correctEstimate, NO_CORRECTION, type Correction } from './odds-correction.js';
import { evidenceOfGate, passGate } from './pass-gate.js';
import { restrictProposal, type Restricted } from './restrict-proposal.js';
import { waitInsteadOfStop } from './wait-instead-of-stop.js';

export interface Decision {
  readonly recommendation: Recommendation;
  readonly evidence: Evidence;
  /** What is to be booked of what all callers of a dependency share; null where nothing was asked of it. */
  readonly admission: Admission | null;
}

const STALE: readonly ReasonCode[] = ['config_stale'];
const STOPPED_BY_ATTEMPTS: GuardrailEffect = { name: 'max_attempts', before: 'retry', after: 'stop' };

/**
 * Retry it, when, or stop? Pure: the same features, snapshot, time and draws give the same decision.
 * Order: guardrails that end it; the matching policy; layers (ml, bayesian, rules, default), of which the first
 * proposal speaks, or waits where it would give up a job whose dependency is left alone; perhaps another action in its place,
 * to learn from it; the server's hint; guardrails that restrict; jitter inside the clamp; the breaker and the budget of the
 * dependency, which all its callers share.
 */
export function decide(features: RetryFeatures, snapshot: DecisionSnapshot, nowMs: EpochMs, rng: Rng): Decision {
  const { configuration } = snapshot;
  const { strategy, revision: configurationRevision } = configuration;
  const { guardrails } = strategy;
  const { policy: matched, validationPolicy } = configuration.policies.match(features);
  const policy = validationPolicy ?? matched;
  const limited = guardrails.perTenantLimits ? fewestAttempts(guardrails.tenantLimits, features) : null;
  const guardrailMaxAttempts = Math.min(guardrails.maxAttempts, limited?.maxAttempts ?? guardrails.maxAttempts);
  const frame: AnswerFrame = {
    policy,
    guardrailMaxAttempts,
    learnedMaxAttempts: Math.min(guardrailMaxAttempts, learnedBoundsOf(strategy, policy).maxAttempts),
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
    const evidence = { layers: [], configurationRevision };
    return { recommendation: answerTerminalStops(stops, frame), evidence, admission: null };
  }

  const { gate } = snapshot;
  const context = {
    features,
    policy,
    strategy,
    nowMs,
    rng,
    sharedHintMs: gate?.sharedHintMs ?? 0,
    isCalm: gate?.isCalm ?? true,
  };
  const asked = askLayers(context, snapshot, guardrailMaxAttempts);
  const awaited = waitInsteadOfStop(asked, context, gate);
  const exploited = awaited ?? { proposal: asked.proposal, restricted: restrictProposal(asked.proposal, context) };
  const explored = asked.exploration === null ? null : explore(asked.exploration, asked.proposal, context, rng);
  const { proposal, restricted } = explored?.executed ?? exploited;

  const isOutOfAttempts = proposal.reasons.includes('policy_attempts_exhausted');
  const attempts = isOutOfAttempts ? [STOPPED_BY_ATTEMPTS] : attemptEffects(frame);
  const isWait = restricted.kind === 'wait';
  const delayMs = awaited?.delayMs ?? (isWait ? drawDelay(restricted.plan, rng) : 0);
  const letsOthersProbe = isSavedForLater(features, proposal, frame);
  const admission =
    awaited?.admission ?? (isWait ? passGate(gate, delayMs, restricted, { ...context, letsOthersProbe }) : null);
  const isStop = !isWait || admission?.kind === 'refused';
  const action = isStop ? null : (admission?.delayMs ?? delayMs);
  // What was put off or turned away would have been whatever had been proposed.
  const isForced = admission !== null && (admission.kind !== 'admitted' || admission.delayMs !== delayMs);
  const grounds = {
    reasons: [...restricted.reasons, ...proposal.reasons, ...asked.silences, ...staleReasons(snapshot)],
    effects: [...attempts, ...asked.effects, ...restricted.effects],
    because: restricted.because,
    propensity: isForced ? 1 : propensityOf(action, exploited.restricted, explored, context),
  };
  const { layer } = proposal;
  const cameAbout = cameAboutBy(admission, restricted.reasons);
  // Whatever delay had been planned, it goes at once.
  const estimate = (cameAbout === 'as_probe' ? proposal.atOnce : undefined) ?? proposal.estimate;
  const correction =
    isStop || awaited !== null || !isLearned(layer)
      ? NO_CORRECTION
      : (snapshot.hindsight?.correctionOf(layer, features, cameAbout, estimate.successProbability) ?? NO_CORRECTION);
  const isAsBelieved = correction === NO_CORRECTION && estimate === proposal.estimate;
  const shown = isAsBelieved
    ? proposal
    : {
        ...proposal,
        estimate: correctEstimate(estimate, correction),
        alternatives: correctAlternatives(proposal.alternatives, correction),
      };
  return {
    recommendation: answerFor({ restricted, delayMs, admission, proposal: shown, grounds, frame }),
    evidence: evidenceOf(asked.layers, configurationRevision, gate && evidenceOfGate(gate, admission), correction),
    admission,
  };
}

interface Outcome {
  readonly restricted: Restricted;
  /** Drawn from the plan; 0 without one. */
  readonly delayMs: number;
  readonly admission: Admission | null;
  readonly proposal: Proposal;
  readonly grounds: Grounds;
  readonly frame: AnswerFrame;
}

function answerFor({ restricted, delayMs, admission, proposal, grounds, frame }: Outcome): Recommendation {
  if (restricted.kind === 'stop') {
    return answerStop(proposal, restricted.isImposed ? 1 : proposal.confidence, grounds, frame);
  }
  if (admission === null) return answerWait(delayMs, restricted, proposal, grounds, frame);
  const { kind, reasons, effects, because } = admission;
  const shared: Grounds = {
    reasons: [...reasons, ...grounds.reasons],
    effects: [...grounds.effects, ...effects],
    because: kind === 'admitted' ? [...grounds.because, ...because] : because,
    propensity: grounds.propensity,
  };
  return kind === 'refused'
    ? answerStop(proposal, 1, shared, frame)
    : answerWait(
        admission.delayMs,
        { isDeferred: kind === 'deferred', askAgainMs: admission.askAgainMs },
        proposal,
        shared,
        frame,
      );
}

/** A last attempt that finds the dependency still down leaves nothing for when it is back. */
function isSavedForLater(
  { attemptNumber, critical }: RetryFeatures,
  { layer }: Proposal,
  { learnedMaxAttempts }: AnswerFrame,
): boolean {
  return isLearned(layer) && critical !== true && attemptNumber > 1 && attemptNumber + 1 >= learnedMaxAttempts;
}

/** One literal for all: objects of one shape cost less than those without the members that say nothing. */
function evidenceOf(
  layers: Evidence['layers'],
  configurationRevision: number,
  fleet: FleetEvidence | undefined,
  { shift, deviation, precision }: Correction,
): Evidence {
  return {
    layers,
    configurationRevision,
    fleet,
    shift: shift || undefined,
    shiftDeviation: deviation || undefined,
    oddsPrecision: precision,
  };
}

function staleReasons({ freshness }: DecisionSnapshot): readonly ReasonCode[] {
  return freshness === 'stale' ? STALE : [];
}

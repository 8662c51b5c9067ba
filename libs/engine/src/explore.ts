import {
  uniformInteger,
  type Alternative,
  type ExplorationPlan,
  type Proposal,
  type Rng,
  type TriedAction,
} from '@smart-retry/domain';
import { credibleInterval } from '@smart-retry/bayesian';
import { jitterRange, type DelayPlan } from '@smart-retry/guardrails';
import { toFourDigits } from './four-digits.js';
import { learnedBoundsOf } from './learned-bounds.js';
import {
  restrictProposal,
  shareOfAction,
  shareOfDelay,
  type Restricted,
  type RestrictionContext,
} from './restrict-proposal.js';

export interface Explored {
  readonly plan: ExplorationPlan;
  /** What is executed instead of the best action; null most of the time. */
  readonly executed: { readonly proposal: Proposal; readonly restricted: Restricted } | null;
}

/** Half width of the jitter around a delay that is tried, as a share of it. */
const JITTER_RATIO = 0.1;

/** Decides by draw whether to explore, and if so what; what is tried goes through the same restrictions as any proposal. */
export function explore(plan: ExplorationPlan, best: Proposal, context: RestrictionContext, rng: Rng): Explored {
  const isExploring = rng() < plan.share;
  let left = rng();
  if (!isExploring) return { plan, executed: null };
  // Where rounding leaves nothing, −1: the last one.
  const action = plan.actions.at(plan.actions.findIndex(([, weight]) => (left -= weight) < 0));
  if (action === undefined) return { plan, executed: null };
  const proposal = tryOut(best, action, context);
  return { plan, executed: { proposal, restricted: restrictProposal(proposal, context) } };
}

/**
 * The probability with which the executed action (a delay bucket, or stop as null) was chosen, after guardrails:
 * `(1 − share) · P(action | best) + share · Σ weight · P(action | tried)`.
 */
export function propensityOf(
  action: number | null,
  best: Restricted,
  explored: Explored | null,
  context: RestrictionContext,
): number {
  const exploited = shareOfAction(best, action);
  if (explored === null) return exploited;
  const { share, actions } = explored.plan;
  const { maxDelayMs: capMs } = learnedBoundsOf(context.strategy, context.policy);
  let byExploration = 0;
  for (const [delayMs, weight] of actions) {
    byExploration += weight * shareOfTry(delayMs, capMs, action, context);
  }
  // Weights are rounded: all of them in one bucket may be more than 1 by a last digit.
  return Math.min(1, (1 - share) * exploited + share * byExploration);
}

/** Draws the delay to wait uniformly from the plan's jitter range. */
export function drawDelay(plan: DelayPlan, rng: Rng): number {
  const { fromMs, toMs } = jitterRange(plan);
  return uniformInteger(rng, fromMs, toMs);
}

function shareOfTry(delayMs: number | null, capMs: number, action: number | null, context: RestrictionContext): number {
  if (delayMs === null) return action === null ? 1 : 0;
  return shareOfDelay({ delayMs, floorMs: 0, capMs, jitterRatio: JITTER_RATIO, isFloored: false }, action, context);
}

/** What is tried, with what is believed of it instead of what is believed of the best action. */
function tryOut(
  best: Proposal,
  [delayMs, , successProbability, evidence]: TriedAction,
  { strategy, policy }: RestrictionContext,
): Proposal {
  const isKnown = successProbability !== undefined && evidence !== undefined;
  return {
    kind: 'proposal',
    layer: best.layer,
    action: delayMs === null ? 'stop' : 'retry',
    delayMs: delayMs ?? 0,
    floorMs: 0,
    capMs: learnedBoundsOf(strategy, policy).maxDelayMs,
    jitterRatio: JITTER_RATIO,
    estimate: isKnown
      ? { successProbability, interval: credibleInterval(successProbability, evidence) }
      : best.estimate,
    confidence: best.confidence,
    rationale: 'tried to learn from it',
    reasons: ['exploration'],
    alternatives: [...passedOver(best, delayMs), ...best.alternatives.filter((other) => other.delayMs !== delayMs)],
    modelVersion: best.modelVersion,
  };
}

/** The best action as an alternative to what is tried instead of it, where somebody knows what it is worth. */
function passedOver(best: Proposal, triedMs: number | null): readonly Alternative[] {
  const { action, estimate, value } = best;
  const delayMs = action === 'stop' ? null : best.delayMs;
  if (value === undefined || delayMs === triedMs) return [];
  const whyNot = 'worth most by what is known, and passed over this once to learn';
  return [{ delayMs, estimatedSuccess: toFourDigits(estimate.successProbability), value: toFourDigits(value), whyNot }];
}

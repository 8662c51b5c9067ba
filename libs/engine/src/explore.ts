import { uniformInteger, type ExplorationPlan, type Proposal, type Rng, type TriedAction } from '@smart-retry/domain';
import { credibleInterval } from '@smart-retry/bayesian';
import { jitterRange, type DelayPlan } from '@smart-retry/guardrails';
import { learnedBoundsOf } from './learned-bounds.js';
import { restrictProposal, shareOfAction, type Restricted, type RestrictionContext } from './restrict-proposal.js';

interface Candidate {
  readonly weight: number;
  readonly proposal: Proposal;
  readonly restricted: Restricted;
}

export interface Explored {
  readonly share: number;
  readonly candidates: readonly Candidate[];
  /** What is executed instead of the best action; null most of the time. */
  readonly executed: Candidate | null;
}

/** Half width of the jitter around a delay that is tried, as a share of it. */
const JITTER_RATIO = 0.1;

/** Decides by draw whether to explore, and if so what; candidates go through the same restrictions as any proposal. */
export function explore(plan: ExplorationPlan, best: Proposal, context: RestrictionContext, rng: Rng): Explored {
  const { maxDelayMs } = learnedBoundsOf(context.strategy, context.policy);
  const candidates = plan.actions.map(([delayMs, weight]) => {
    const proposal = tryOut(best, { delayMs, capMs: maxDelayMs });
    return { weight, proposal, restricted: restrictProposal(proposal, context) };
  });
  const isExploring = rng() < plan.share;
  let left = rng();
  // Where rounding leaves nothing, −1: the last one.
  const drawn = candidates.findIndex(({ weight }) => (left -= weight) < 0);
  const chosen = isExploring ? candidates.at(drawn) : undefined;
  const action = plan.actions.at(drawn);
  const executed = chosen === undefined || action === undefined ? null : believe(chosen, action, context);
  return { share: plan.share, candidates, executed };
}

/**
 * The probability with which the executed action (a delay bucket, or stop as null) was chosen, after guardrails:
 * `(1 − share) · P(action | best) + share · Σ weight · P(action | candidate)`.
 */
export function propensityOf(action: number | null, best: Restricted, explored: Explored | null): number {
  const exploited = shareOfAction(best, action);
  if (explored === null) return exploited;
  const { share, candidates } = explored;
  const byExploration = candidates.reduce(
    (sum, { weight, restricted }) => sum + weight * shareOfAction(restricted, action),
    0,
  );
  return (1 - share) * exploited + share * byExploration;
}

/** Draws the delay to wait uniformly from the plan's jitter range. */
export function drawDelay(plan: DelayPlan, rng: Rng): number {
  const { fromMs, toMs } = jitterRange(plan);
  return uniformInteger(rng, fromMs, toMs);
}

/** The candidate with what is believed of it, instead of what is believed of the best action. */
function believe(
  candidate: Candidate,
  [, , successProbability, evidence]: TriedAction,
  context: RestrictionContext,
): Candidate {
  if (successProbability === undefined || evidence === undefined) return candidate;
  const estimate = { successProbability, interval: credibleInterval(successProbability, evidence) };
  const percent = Math.round(100 * successProbability);
  const rationale = `tried to learn from it; ${percent} % of such retries are thought to succeed`;
  const alternatives = candidate.proposal.alternatives.filter(({ delayMs }) => delayMs !== candidate.proposal.delayMs);
  const proposal = { ...candidate.proposal, estimate, rationale, alternatives };
  return { ...candidate, proposal, restricted: restrictProposal(proposal, context) };
}

function tryOut(
  best: Proposal,
  { delayMs, capMs }: { readonly delayMs: number | null; readonly capMs: number },
): Proposal {
  return {
    kind: 'proposal',
    layer: best.layer,
    action: delayMs === null ? 'stop' : 'retry',
    delayMs: delayMs ?? 0,
    floorMs: 0,
    capMs,
    jitterRatio: JITTER_RATIO,
    estimate: best.estimate,
    confidence: best.confidence,
    rationale: 'tried to learn from it',
    reasons: ['exploration'],
    alternatives: best.alternatives,
    modelVersion: best.modelVersion,
  };
}

import type {
  EpochMs,
  GuardrailEffect,
  Proposal,
  ReasonCode,
  RetryFeatures,
  RetryPolicy,
  Strategy,
} from '@smart-retry/domain';
import { delayBucketOf, type DelayBucket } from '@smart-retry/domain';
import { applyGuardrails, jitterRange, type DelayPlan } from '@smart-retry/guardrails';
import { applyServerHint } from './server-hint.js';
import { timeLeftOf } from './time-left.js';

export interface RestrictionContext {
  readonly features: RetryFeatures;
  readonly policy: RetryPolicy | null;
  readonly strategy: Strategy;
  readonly nowMs: EpochMs;
  /** How much longer a server has asked others that call the same dependency to wait. */
  readonly sharedHintMs?: number;
}

/** What is left of a proposal after the server's hint and the guardrails. */
export type Restricted = {
  readonly reasons: readonly ReasonCode[];
  readonly effects: readonly GuardrailEffect[];
  readonly because: readonly string[];
} & (
  | { readonly kind: 'wait'; readonly plan: DelayPlan; readonly isDeferred: boolean }
  | { readonly kind: 'stop'; readonly isImposed: boolean }
);

/** Applies the server's hint, then the guardrails, to what a layer proposed. */
export function restrictProposal(proposal: Proposal, context: RestrictionContext): Restricted {
  if (proposal.action === 'stop') {
    return { kind: 'stop', isImposed: false, reasons: [], effects: [], because: [proposal.rationale] };
  }
  const { delayMs, floorMs, capMs, jitterRatio } = proposal;
  const proposed = { delayMs, floorMs, capMs, jitterRatio, isFloored: false };
  const { hinted, isShared, guarded } = restrictDelay(proposed, context);
  if (guarded.kind === 'refused') {
    return {
      kind: 'stop',
      isImposed: true,
      reasons: [guarded.reason, ...hinted.reasons],
      effects: [...hinted.effects, guarded.effect],
      because: [...hinted.because, guarded.because],
    };
  }
  return {
    kind: 'wait',
    plan: guarded.plan,
    isDeferred: hinted.isDeferred,
    reasons: [
      ...hinted.reasons,
      ...(isShared && hinted.reasons.length > 0 ? ['shared_hint' as const] : []),
      ...guarded.reasons,
      ...(isElapsedUnknown(context) ? ['max_elapsed_unknown' as const] : []),
    ],
    effects: [...hinted.effects, ...guarded.effects],
    because: [proposal.rationale, ...hinted.because, ...guarded.because],
  };
}

/** Whether a policy limits the time since the first failure, which is this one at the first attempt, and nobody said when later ones began. */
function isElapsedUnknown({ features, policy }: RestrictionContext): boolean {
  return policy?.maxElapsedMs !== undefined && features.firstFailedAtMs === undefined && features.attemptNumber > 1;
}

/** Probability that a restricted proposal ends in the delay bucket that holds `delayMs`; null asks for stop. */
export function shareOfAction(restricted: Restricted, delayMs: number | null): number {
  return restricted.kind === 'stop' ? Number(delayMs === null) : shareOfBucket(restricted.plan, delayMs);
}

/** The same for a wait that is still to be restricted. */
export function shareOfDelay(proposed: DelayPlan, delayMs: number | null, context: RestrictionContext): number {
  if (delayMs !== null && !mayEndIn(delayBucketOf(delayMs), proposed, context)) return 0;
  const { guarded } = restrictDelay(proposed, context);
  return guarded.kind === 'refused' ? Number(delayMs === null) : shareOfBucket(guarded.plan, delayMs);
}

function restrictDelay(proposed: DelayPlan, context: RestrictionContext) {
  const { features, policy, strategy, nowMs, sharedHintMs = 0 } = context;
  const { guardrails } = strategy;
  // What the server says to this very call is its newest word, and counts for more than what it told others before.
  const { retryAfterMs: hintMs = sharedHintMs } = features;
  const isShared = features.retryAfterMs === undefined;
  const hinted = applyServerHint(proposed, { hintMs, isShared }, guardrails);
  const { untilDeadlineMs, untilMaxElapsedMs } = timeLeftOf(features, policy, nowMs);
  const { minDelayMs, maxDelayMs } = guardrails;
  const guarded = applyGuardrails(hinted.plan, { minDelayMs, maxDelayMs, untilDeadlineMs, untilMaxElapsedMs });
  return { hinted, isShared, guarded };
}

/** Whether a wait can end in a bucket at all, as far as that is told without its restrictions in full: jitter moves it little. */
function mayEndIn(
  bucket: DelayBucket,
  { delayMs, jitterRatio }: DelayPlan,
  { features, strategy, sharedHintMs = 0 }: RestrictionContext,
): boolean {
  const { retryAfterMs = sharedHintMs } = features;
  if (retryAfterMs > 0) return true;
  const { minDelayMs, maxDelayMs } = strategy.guardrails;
  const waitMs = Math.min(Math.max(delayMs, minDelayMs), maxDelayMs);
  return waitMs * (1 + jitterRatio) + 1 >= bucket.fromMs && waitMs * (1 - jitterRatio) <= bucket.toMs;
}

function shareOfBucket(plan: DelayPlan, delayMs: number | null): number {
  if (delayMs === null) return 0;
  const bucket = delayBucketOf(delayMs);
  const { fromMs, toMs } = jitterRange(plan);
  const sharedMs = Math.min(toMs + 1, bucket.toMs) - Math.max(fromMs, bucket.fromMs);
  return Math.max(0, sharedMs) / (toMs + 1 - fromMs);
}

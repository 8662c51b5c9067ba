import type { DecisionRecord, EpochMs, ReportedOutcome, ReportLookup } from '@smart-retry/domain';
import { ADVICE_LIFETIME_MS } from './advice-lifetime.js';

/** How long after an advice has expired a report of what came of it is still waited for. */
export const REPORT_TIMEOUT_MS = 86_400_000;
/** How far a worker's clock may be behind. */
const CLOCK_SKEW_MS = 300_000;

export const DECISION_OUTCOMES = ['none', 'pending', 'succeeded', 'failed', 'unknown'] as const;

/**
 * What came of a decision: `none` follows a stop; `unknown` is what nobody reported in time, which says nothing about
 * success.
 */
export type DecisionOutcome =
  | { readonly outcome: 'none' | 'pending' | 'unknown' }
  | { readonly outcome: 'succeeded' | 'failed'; readonly atMs: EpochMs };

/** Where the report that closes a decision is to be found; null for a stop, which nothing follows. */
export function closingReportOf(decision: DecisionRecord): ReportLookup | null {
  const { recommendation, recommendationId, decidedAtMs } = decision;
  if (!recommendation.shouldRetry) return null;
  // The decision on a failure of long ago has its next attempt before it.
  const startMs = Math.min(decidedAtMs, recommendation.nextEvaluationAtMs);
  return { recommendationId, fromMs: startMs - CLOCK_SKEW_MS, toMs: givenUpAtMs(decision) };
}

/** @param reported what was found of `closingReportOf` */
export function outcomeOfDecision(
  decision: DecisionRecord,
  reported: ReportedOutcome | null,
  nowMs: EpochMs,
): DecisionOutcome {
  if (!decision.recommendation.shouldRetry) return { outcome: 'none' };
  if (reported !== null) return { outcome: reported.success ? 'succeeded' : 'failed', atMs: reported.atMs };
  return { outcome: nowMs < givenUpAtMs(decision) ? 'pending' : 'unknown' };
}

function givenUpAtMs({ recommendation, decidedAtMs }: DecisionRecord): EpochMs {
  const dueAtMs = Math.max(decidedAtMs + recommendation.delayMs, recommendation.nextEvaluationAtMs);
  return dueAtMs + ADVICE_LIFETIME_MS + REPORT_TIMEOUT_MS;
}

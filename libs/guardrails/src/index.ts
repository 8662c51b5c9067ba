export { applyGuardrails, jitterRange } from './apply-guardrails.js';
export type { DelayLimits, DelayPlan, GuardedPlan } from './apply-guardrails.js';
export { admitRetry } from './fleet/admit-retry.js';
export type {
  Admission,
  AdmissionQuestion,
  Booking,
  BudgetView,
  DependencyView,
  LimitView,
  Turn,
  WaitingLine,
} from './fleet/admission.js';
export { EVIDENCE_WINDOW_MS, isTrouble, nextBreaker, probesOf, probesSince } from './fleet/breaker.js';
export type { BreakerEvidence, CallEvidence, FailedJobs } from './fleet/breaker.js';
export { largestFairShare } from './fleet/fair-share.js';
export { kindOfFailure, UNITS_PER_CALL, unitsOfRetry } from './fleet/failure-kind.js';
export {
  budgetOf,
  leftInWindow,
  partOfQuota,
  partOfWindow,
  sharersOf,
  unitsPerWindow,
  windowStart,
} from './fleet/retry-budget.js';
export type { BudgetTerms, RetryBudget, WindowBookings } from './fleet/retry-budget.js';
export { LONGEST_OPEN_MS, longestOpenMs } from './fleet/longest-open.js';
export { mostReturningPerSecond } from './fleet/returning.js';
export { describeLimited, fewestAttempts, limitsOf } from './tenant-limits.js';
export type { LimitedJob } from './tenant-limits.js';
export { findTerminalStops } from './terminal-guardrails.js';
export type { TerminalContext, TerminalStop } from './terminal-guardrails.js';
export { firstPace, nextPace, pacedOutcome, paceInUse, type PacedOutcome } from './fleet/throttle-pace.js';

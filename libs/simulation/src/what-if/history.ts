import type { EpochMs } from '@smart-retry/domain';
import type { Action } from './action.js';
import type { Exclusion } from './job-steps.js';

/** What a memoryless policy is told of a failure. */
export interface FailureContext {
  readonly errorClass: string;
  readonly errorCode: string | null;
  readonly attemptNumber: number;
}

/** What was done about one failure, and what came of it. */
export interface LoggedDecision {
  /** Index into `History.contexts`. */
  readonly context: number;
  /** Jobs are numbered by the time of their first failure. */
  readonly job: number;
  readonly action: Action;
  /** As the log says it; null where it does not. */
  readonly propensity: number | null;
  /** Discounted utility from this failure on, with everything later as logged. */
  readonly value: number;
}

/** A log as decisions. */
export interface History {
  readonly contexts: readonly FailureContext[];
  /** Those of one job stand together, in order of their jobs. */
  readonly decisions: readonly LoggedDecision[];
  readonly jobs: number;
  readonly failedJobs: number;
  readonly failures: number;
  readonly duplicates: number;
  readonly excluded: Readonly<Record<Exclusion, number>>;
  /** End of the first and of the last attempt whose time is known; null when none is. */
  readonly fromMs: EpochMs | null;
  readonly toMs: EpochMs | null;
  /** A failure is counted when a retry this long after it would still be in the log. */
  readonly longestWaitMs: number;
}

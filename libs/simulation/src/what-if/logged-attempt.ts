import type { AttemptReport, EpochMs } from '@smart-retry/domain';

/** An attempt from a log: what a worker reports, and what may be known of the decisions around it. */
export interface LoggedAttempt extends Omit<AttemptReport, 'timestampMs'> {
  /** When it ended. */
  readonly timestampMs?: EpochMs;
  /** Probability, within (0, 1], with which the bucket of `delayMs` was chosen before this attempt. */
  readonly propensity?: number;
  /** Probability, within (0, 1], with which the job was given up after this failed attempt, when it was. */
  readonly stopPropensity?: number;
}

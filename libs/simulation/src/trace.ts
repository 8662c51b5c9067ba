import type { ShownEstimate, Treatment } from './decider.js';
import type { Job, World } from './world.js';

/** One retry: the decision that led to it, and what became of it. */
export interface RetryTrace {
  readonly decidedAtMs: number;
  readonly atMs: number;
  readonly endedAtMs: number;
  readonly succeeded: boolean;
  readonly shown?: ShownEstimate;
}

/** The course of a job whose first try failed. `expired`: its life ended before the next retry was due. */
export interface FailedJobTrace {
  readonly job: Job;
  readonly firstFailedAtMs: number;
  /** For how long the dependency had been failing then, as far as the decider had been told; ≥ 0. */
  readonly incidentAgeMs: number;
  /** By the first answer. */
  readonly treatment: Treatment;
  readonly retries: readonly RetryTrace[];
  readonly end: 'succeeded' | 'stopped' | 'expired';
  readonly isPoison: boolean;
}

/** Everything that happened in one world under one decider. */
export interface Trace {
  readonly world: World;
  readonly decider: string;
  /** In order of arrival. */
  readonly failedJobs: readonly FailedJobTrace[];
}

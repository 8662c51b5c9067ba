import type { AttemptCounts, AttemptReport, EpochMs, RetryFeatures } from '@smart-retry/domain';

/** What a decider is told of a job that has just failed. */
export type Failure = RetryFeatures & {
  readonly jobId: string;
  readonly dependency: string;
  readonly failedAtMs: EpochMs;
  readonly firstFailedAtMs: EpochMs;
};

/** The chance of success that was shown with an answer. */
export interface ShownEstimate {
  readonly successProbability: number;
  /** 90 % credible. */
  readonly interval?: readonly [lo: number, hi: number];
}

/**
 * What whoever decides lets on of how the dependency is doing: it goes on as planned, is left alone but for this probe, or the
 * job has to wait for its turn.
 */
export type Treatment = 'as_planned' | 'as_probe' | 'put_off';

export type Choice =
  | { readonly action: 'stop' }
  | {
      /** `defer`: wait, then ask again about the same attempt. */
      readonly action: 'retry' | 'defer';
      readonly delayMs: number;
      readonly shown?: ShownEstimate;
      /** Absent: as planned. */
      readonly treatment?: Treatment;
      readonly recommendationId?: string;
    };

/** A call as the worker that made it sees it end; for deciders that sit in the client and watch all traffic. */
export interface ObservedCall {
  readonly dependency: string;
  readonly jobId: string;
  readonly attemptNumber: number;
  readonly success: boolean;
  readonly endedAtMs: EpochMs;
}

/** A way to retry. Asked in order of virtual time, one question at a time. */
export interface Decider {
  readonly name: string;
  decide(failure: Failure): Choice | Promise<Choice>;
  /** What became of a retry, as the world's worker reports it: perhaps late, twice or never. */
  report?(attempt: AttemptReport): void | Promise<void>;
  /** First tries as counts, each five virtual minutes. */
  reportFirstTries?(counts: readonly AttemptCounts[]): void | Promise<void>;
  observeCall?(call: ObservedCall): void;
}

export const STOP: Choice = { action: 'stop' };

export function retryAfter(delayMs: number): Choice {
  return { action: 'retry', delayMs: Math.round(delayMs) };
}

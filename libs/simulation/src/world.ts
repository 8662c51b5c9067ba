import type { Split } from './parameters.js';

/** A job on its way through a simulated world. Times are virtual: milliseconds since the world began, at midnight UTC. */
export interface Job {
  /** Its place among the world's jobs, in order of arrival. */
  readonly index: number;
  readonly id: string;
  readonly jobType: string;
  readonly dependency: string;
  readonly queue: string;
  readonly tenant: string;
  readonly payloadBytes: number;
  readonly arrivesAtMs: number;
}

/** One execution of a job's work. */
export interface Call {
  readonly job: Job;
  /** From 1. */
  readonly attemptNumber: number;
  readonly atMs: number;
}

export interface ErrorLabel {
  readonly errorClass: string;
  readonly errorCode: string;
}

export type Outcome =
  | { readonly success: true; readonly processingMs: number }
  | ({ readonly success: false; readonly processingMs: number; readonly retryAfterMs?: number } & ErrorLabel);

/** How faithfully the world's workers report; shares are 0–1. */
export interface ClientHabits {
  readonly lostReportShare: number;
  readonly duplicatedReportShare: number;
  readonly forgottenIdShare: number;
  /** Reports arrive up to this much late. */
  readonly maxReportLagMs: number;
}

export const FAITHFUL_CLIENT: ClientHabits = {
  lostReportShare: 0,
  duplicatedReportShare: 0,
  forgottenIdShare: 0,
  maxReportLagMs: 0,
};

/** A failure as those see it who know the world: the job itself, and the moment. */
export interface KnownFailure {
  readonly job: Job;
  /** The attempt that failed, from 1. */
  readonly attemptNumber: number;
  readonly atMs: number;
}

/** A simulated downstream with its traffic. Stateful where calls load it: one simulation each. */
export interface World {
  readonly name: string;
  readonly seed: number;
  readonly split: Split;
  readonly parameters: Readonly<Record<string, number>>;
  /** In order of arrival. */
  readonly jobs: readonly Job[];
  /** When the last job has arrived. */
  readonly arrivalsEndAtMs: number;
  /** When the law of the world changes; absent where it never does. */
  readonly changesAtMs?: number;
  /** When something that was down for everyone came back. */
  readonly recoveriesMs: readonly number[];
  readonly client: ClientHabits;
  /** Calls come in order of time. */
  attempt(call: Call): Outcome;
  /** Whether no attempt of the job can ever succeed. */
  isPoison(job: Job): boolean;
  /** How long one who knows the future waits; null: not at all, it is not worth an attempt. */
  clairvoyantDelayMs(failure: KnownFailure): number | null;
  /** The chance, by the law of the world and how it stood when the first try failed, that a retry after `delayMs` succeeds; null where it cannot be told. */
  trueSuccess(firstFailure: KnownFailure, delayMs: number): number | null;
}

/** A kind of world; each seed draws other parameters and another course of events. */
export interface WorldFamily {
  readonly name: string;
  /** One line for a reader of the table. */
  readonly summary: string;
  create(seed: number, split: Split): World;
}

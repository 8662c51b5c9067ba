import type { ErrorCode, FieldProblem } from './errors.js';
import type { EpochMs, RetryFeatures } from './features.js';
import type { LinkSource } from './attempt.js';
import type { HyperparameterRanges } from './hyperparameters.js';
import type { ModelType } from './model-ports.js';

/*
 * What training needs from the world: as in `ports.ts`, each port has adapters in `libs/storage`, proven by one contract
 * suite.
 */

/** What to train, and on what. */
export interface TrainingOrder {
  readonly modelType: ModelType;
  /** By their wire names; not empty. */
  readonly features: readonly string[];
  /** How far back attempts teach; the retention is the limit. */
  readonly trainingPeriodMs: number;
  /** Share of the rows, the latest, that the model is measured on. */
  readonly validationShare: number;
  /** Folds; 0: none. */
  readonly crossValidation: number;
  /** By their wire names; a list is searched for its best value. */
  readonly hyperparameters: HyperparameterRanges;
  readonly seed: number;
}

export const TRAINING_JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type TrainingJobState = (typeof TRAINING_JOB_STATES)[number];

/** Why a training job has failed, in the words of the error that it would be. */
export interface TrainingFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fields?: readonly FieldProblem[];
  readonly counts?: Readonly<Record<string, number>>;
}

export interface NewTrainingJob {
  readonly id: string;
  readonly order: TrainingOrder;
  readonly requestedBy: string;
  readonly requestedAtMs: EpochMs;
}

export interface TrainingJob extends NewTrainingJob {
  readonly state: TrainingJobState;
  /** Share that is done, 0–1. */
  readonly progress: number;
  /** Times that it was begun; more than once when a trainer died over it. */
  readonly runs: number;
  /** The trainer that has begun it last. */
  readonly trainer: string | null;
  readonly startedAtMs: EpochMs | null;
  readonly finishedAtMs: EpochMs | null;
  /** The model that came out of it. */
  readonly version: string | null;
  readonly failure: TrainingFailure | null;
}

/** One trainer's hold on a job. Only the newest run of a running job has a say in what becomes of it. */
export interface TrainingRun {
  readonly jobId: string;
  /** From 1. */
  readonly run: number;
}

export type TrainingOutcome = { readonly version: string } | { readonly failure: TrainingFailure };

/** A trainer that has not been heard of for too long, and the names by which the queue knows its workers. */
export interface LostTrainer {
  readonly id: string;
  readonly workerIds: readonly string[];
}

/** Training jobs from order to model; the one truth about their state, whichever trainers come and go. */
export interface TrainingJobs {
  /** @throws {OVERLOADED} while `MAX_OPEN_TRAINING_JOBS` are queued or running. */
  submit(job: NewTrainingJob): Promise<void>;
  find(id: string): Promise<TrainingJob | null>;
  /** Newest first; of one instant, by falling id; after `after` when given. */
  list(page: {
    readonly limit: number;
    readonly after?: Pick<TrainingJob, 'requestedAtMs' | 'id'>;
  }): Promise<readonly TrainingJob[]>;
  /** Cancels what is queued or running, and answers the job as it is then; null when there is none. */
  cancel(id: string, nowMs: EpochMs): Promise<TrainingJob | null>;
  /** When a trainer was heard of last; null when none ever was. */
  trainerSeenAtMs(): Promise<EpochMs | null>;

  /** Begins a queued job; null for one in any other state. */
  begin(jobId: string, trainer: string, nowMs: EpochMs): Promise<{ job: TrainingJob; run: TrainingRun } | null>;
  /** Whether the run still holds its job. */
  report(run: TrainingRun, progress: number): Promise<boolean>;
  /** Whether the run still held its job; else nothing has changed. */
  finish(run: TrainingRun, outcome: TrainingOutcome, nowMs: EpochMs): Promise<boolean>;

  /** Says that a trainer lives. */
  announce(trainer: LostTrainer, nowMs: EpochMs): Promise<void>;
  /** Those last heard of before `beforeMs`. */
  lostTrainers(beforeMs: EpochMs): Promise<readonly LostTrainer[]>;
  /** Queues again what lost trainers had begun; what was begun `MAX_TRAINING_RUNS` times fails. Forgets the trainers. */
  takeBack(trainers: readonly string[], nowMs: EpochMs): Promise<void>;
  /** Drops finished jobs requested before `beforeMs`. */
  dropBefore(beforeMs: EpochMs): Promise<void>;
}

export const MAX_OPEN_TRAINING_JOBS = 50;
export const MAX_TRAINING_RUNS = 3;

/** What `takeBack` says of a job that it gives up. */
export const INTERRUPTED: TrainingFailure = {
  code: 'TRAINING_FAILED',
  message: `every trainer that began it ended before it was done, ${MAX_TRAINING_RUNS} times`,
};

/** One retry that teaches a model: what was known when the attempt before it failed, the wait, and how it ended. */
export interface TaughtRetry {
  readonly jobId: string;
  /** Where the context comes from. */
  readonly source: LinkSource;
  /** What was known at the failure; nothing of the retry, unless it is linked to itself. */
  readonly context: RetryFeatures & { readonly failedAtMs: EpochMs };
  /** Really waited. */
  readonly delayMs: number;
  readonly success: boolean;
  /** When the retry happened. */
  readonly atMs: EpochMs;
  readonly processingTimeMs?: number;
  /** With which probability the delay's bucket was chosen, where a decision says. */
  readonly propensity?: number;
}

export interface TeachingWindow {
  /** By the retry's own time, half-open: `[fromMs, toMs)`. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Everything recorded, as rows to train on. */
export interface TeachingHistory {
  /** Retries of the window that teach, and how many of them succeeded. */
  count(window: TeachingWindow): Promise<{ readonly retries: number; readonly successes: number }>;
  /**
   * Reads a share of the jobs of the window, each whole or not at all, page by page, in no order: never more than a page
   * is held. The next page waits for `onPage`.
   *
   * @param options.jobShare 0–1
   */
  read(
    window: TeachingWindow,
    options: { readonly jobShare: number; readonly signal?: AbortSignal },
    onPage: (rows: readonly TaughtRetry[]) => void | Promise<void>,
  ): Promise<void>;
}

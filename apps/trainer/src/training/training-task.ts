import type { LearningSettings, Objective, TrainingFailure, TrainingOrder } from '@smart-retry/domain';
import type { PolicyEvaluation, TrainedModel } from '@smart-retry/training';

/** What a training thread is given. Plain values: it goes from one thread to another. */
export interface TrainingTask {
  readonly databaseUrl: string;
  readonly order: TrainingOrder;
  /** Retries within `[fromMs, toMs)` teach. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly maxRows: number;
  readonly learning: LearningSettings;
  readonly objective: Objective;
}

/** What was read to train on. */
export interface TaughtSample {
  /** Retries of the window that teach. */
  readonly retries: number;
  /** Share of the jobs that was taken, 0–1; 1 unless there were more rows than may be held. */
  readonly jobShare: number;
  /** Rows that the model was trained and measured on. */
  readonly rows: number;
}

/** What comes out, without what only the thread can use. */
export type ThreadResult = Pick<
  TrainedModel,
  'bytes' | 'checksum' | 'metrics' | 'importance' | 'crossValidated' | 'lineage'
> & {
  readonly sample: TaughtSample;
  readonly offPolicy: PolicyEvaluation;
};

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'trained'; readonly result: ThreadResult }
  | { readonly kind: 'failed'; readonly failure: TrainingFailure; readonly isDefect: boolean; readonly stack?: string };

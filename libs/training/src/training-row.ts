import type { EpochMs } from '@smart-retry/domain';
import type { ModelContext } from '@smart-retry/ml';

/** One retry that teaches: after this failure that delay was waited, and the next attempt succeeded or did not. */
export interface TrainingRow {
  /** What was known when the attempt failed; never anything of the retry. */
  readonly context: ModelContext;
  /** Really waited. */
  readonly delayMs: number;
  readonly success: boolean;
  /** Rows of one job are never split between training and validation. */
  readonly jobId: string;
  /** When the retry's outcome was known. */
  readonly atMs: EpochMs;
  /** The outage that it happened in; outcomes of one outage are not independent. */
  readonly incident?: string | undefined;
  /** With what probability this action was chosen when it was decided, 0–1. */
  readonly propensity?: number | undefined;
  /** How much the row counts, > 0; 1 when absent. */
  readonly weight?: number | undefined;
}

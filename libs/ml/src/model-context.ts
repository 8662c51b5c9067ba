import type { RetryFeatures } from '@smart-retry/domain';

/** What a model may know of one failed attempt: nothing that happened after the failure. */
export interface ModelContext extends RetryFeatures {
  /** Success rate, 0–1, of the failure's (error class, job type) in the last minutes, by earlier attempts only (`RunningMeans`). */
  readonly fastMean?: number | undefined;
  /** The same over days. */
  readonly slowMean?: number | undefined;
}

import type { Contribution } from './scoring-model.js';
import type { ModelContext } from './model-context.js';

/** What is different between the kinds of models: logits before calibration. */
export interface Predictor {
  /** Writes one logit for each delay. */
  logits(context: ModelContext, delaysMs: ArrayLike<number>, out: Float64Array): void;
  /** The logit of one delay, taken apart by feature. */
  contributions(context: ModelContext, delayMs: number): { readonly baseLogit: number; readonly terms: Contribution[] };
}

import type { Abstention, EpochMs, Proposal, RetryFeatures, RetryPolicy, Rng, Strategy } from '@smart-retry/domain';

export interface LayerContext {
  readonly features: RetryFeatures;
  /** The policy that bounds the decision; null when none matched. */
  readonly policy: RetryPolicy | null;
  readonly strategy: Strategy;
  readonly nowMs: EpochMs;
  readonly rng: Rng;
}

/** One way to answer: a proposal, or an abstention that says why. Pure. */
export type Layer = (context: LayerContext) => Proposal | Abstention;

/**
 * The layers that learn, in the order in which they are asked, as long as there is nothing that they have learned:
 * no model is deployed and no posterior is kept.
 */
export const UNTAUGHT_LAYERS: readonly Layer[] = [
  ({ strategy }) => ({ kind: 'abstention', layer: 'ml', reason: strategy.mlEnabled ? 'ml_no_model' : 'ml_disabled' }),
  () => ({ kind: 'abstention', layer: 'bayesian', reason: 'bayesian_no_posterior' }),
];

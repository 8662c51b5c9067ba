import {
  silenceOf,
  type Abstention,
  type EpochMs,
  type Proposal,
  type RetryFeatures,
  type RetryPolicy,
  type Rng,
  type Strategy,
} from '@smart-retry/domain';

export interface LayerContext {
  readonly features: RetryFeatures;
  /** The policy that bounds the decision; null when none matched. */
  readonly policy: RetryPolicy | null;
  readonly strategy: Strategy;
  readonly nowMs: EpochMs;
  readonly rng: Rng;
  /** Whether the dependency's breaker is closed; absent: it is. */
  readonly isCalm?: boolean;
}

/** One way to answer: a proposal, or an abstention that says why. Pure. */
export type Layer = (context: LayerContext) => Proposal | Abstention;

/** What the ml layer says where no model can be deployed. */
export const mlLayer: Layer = ({ strategy }) => silenceOf('ml', strategy.mlEnabled ? 'ml_no_model' : 'ml_disabled');

/** The learned layers of a process that has learned nothing: both abstain. */
export const UNTAUGHT_LAYERS: readonly Layer[] = [mlLayer, () => silenceOf('bayesian', 'bayesian_no_posterior')];

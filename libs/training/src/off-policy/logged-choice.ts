/** One decision of the log, and what another policy would have done there. Actions are indices, shape [actions]. */
export interface LoggedChoice {
  /** Decisions of one job are not independent. */
  readonly job: string;
  /** Decisions after like failures: an action that was never tried in its group has no support there. */
  readonly group: string;
  readonly action: number;
  /** With which probability the action was chosen, within (0, 1]. */
  readonly propensity: number;
  /** Discounted utility from this decision on, as logged. */
  readonly reward: number;
  /** Probability of each action under the policy that is asked about; they sum to 1. */
  readonly target: ArrayLike<number>;
  /** What a model expects of each action; any values leave the doubly robust estimate unbiased. */
  readonly predicted: ArrayLike<number>;
}

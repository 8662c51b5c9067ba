import { normalCdf } from './normal-cdf.js';

export interface SequentialEvidence {
  /** Canary − control. */
  readonly difference: number;
  /** Of the difference. */
  readonly variance: number;
}

/** Effects of about this size, in utility per decision, are looked for. */
const EFFECT_SCALE = 0.04;

/**
 * The likelihood ratio of "worse" against "equal" by a mixture over effect sizes, half-normal with scale τ on the side that
 * is asked about: `Λ = 2·√(V/(V+τ²)) · exp(τ²Δ² / (2V(V+τ²))) · Φ(−Δ·τ / √(V(V+τ²)))`. A mixture sequential probability
 * ratio test: however often one looks, `P(Λ ever ≥ 1/α) ≤ α` when there is no difference. `1/Λ` is an always-valid p-value.
 *
 * @see Johari, Koomen, Pekelis, Walsh: Always Valid Inference, 2022
 */
export function likelihoodOfWorse({ difference, variance }: SequentialEvidence): number {
  if (!(variance > 0) || !Number.isFinite(variance)) return 0;
  const mixed = variance + EFFECT_SCALE ** 2;
  const spread = variance * mixed;
  const exponent = (EFFECT_SCALE ** 2 * difference ** 2) / (2 * spread);
  const side = normalCdf((-difference * EFFECT_SCALE) / Math.sqrt(spread));
  return side === 0 ? 0 : 2 * Math.exp(0.5 * Math.log(variance / mixed) + exponent + Math.log(side));
}

/** The same of "better". */
export function likelihoodOfBetter({ difference, variance }: SequentialEvidence): number {
  return likelihoodOfWorse({ difference: -difference, variance });
}

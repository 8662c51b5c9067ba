import { normalCdf } from './normal-cdf.js';

export interface SequentialEvidence {
  /** Canary − control. */
  readonly difference: number;
  /** Of the difference. */
  readonly variance: number;
}

/**
 * Effects of about this size, in utility per decision, are looked for: a truncated normal. A narrow one below the five points
 * that must be found wastes less on effects that never are than a wide one, which finds no size sooner.
 */
const EFFECT = { mean: 0.035, deviation: 0.005 } as const;
const CHANCE_OF_POSITIVE = normalCdf(EFFECT.mean / EFFECT.deviation);

/**
 * The likelihood ratio of "worse" against "equal" by a mixture over how much worse, normal with mean m and deviation s and
 * cut at 0, for `x = −Δ` and `W = V + s²`: `Λ = √(V/W) · exp(x²/2V − (x − m)²/2W) · Φ((s²x + Vm) / √(VWs²)) / Φ(m/s)`. A
 * mixture sequential probability ratio test: however often one looks, `P(Λ ever ≥ 1/α) ≤ α` when there is no difference.
 * `1/Λ` is an always-valid p-value.
 *
 * @see Johari, Koomen, Pekelis, Walsh: Always Valid Inference, 2022
 */
export function likelihoodOfWorse({ difference, variance }: SequentialEvidence): number {
  if (!(variance > 0) || !Number.isFinite(variance)) return 0;
  const { mean, deviation } = EFFECT;
  const worse = -difference;
  const mixed = variance + deviation ** 2;
  const towards = deviation ** 2 * worse + variance * mean;
  const side = normalCdf(towards / (deviation * Math.sqrt(variance * mixed))) / CHANCE_OF_POSITIVE;
  const exponent = worse ** 2 / (2 * variance) - (worse - mean) ** 2 / (2 * mixed);
  return side === 0 ? 0 : Math.exp(0.5 * Math.log(variance / mixed) + exponent + Math.log(side));
}

/** The same of "better". */
export function likelihoodOfBetter({ difference, variance }: SequentialEvidence): number {
  return likelihoodOfWorse({ difference: -difference, variance });
}

import type { RetryFeatures } from '@smart-retry/domain';
import type { LoadedModel } from './serving-models.js';
import type { RankedDelay, Ranking } from './rank-delays.js';

const STOP = { value: 0, deviation: 0 };

/**
 * How sure it is that the best action is worth more than the anchor, by what the model does not know:
 * `2 · Φ(Δ / √(σ² + σ_a²)) − 1`. 0 where it is as likely as not, 1 where both are the same.
 *
 * @param anchor index of what would be done without the model; −1 for stop
 */
export function confidenceOf({ delays, best }: Ranking, anchor: number): number {
  if (best === anchor) return 1;
  const of = (at: number): Pick<RankedDelay, 'value' | 'deviation'> => delays[at] ?? STOP;
  const [chosen, other] = [of(best), of(anchor)];
  const deviation = Math.hypot(chosen.deviation, other.deviation);
  const difference = chosen.value - other.value;
  if (deviation === 0) return difference >= 0 ? 1 : 0;
  return Math.max(0, 2 * normalCdf(difference / deviation) - 1);
}

/** Whether a model that reads job types or error classes has seen those of the failure when it was trained. */
export function isFamiliar({ scoring }: LoadedModel, features: RetryFeatures): boolean {
  const { targetEncodings } = scoring.artifact.schema;
  const hasSeen = (name: 'job_type' | 'error_class', text: string) =>
    targetEncodings[name] === undefined || targetEncodings[name].values.some(([value]) => value === text);
  return hasSeen('job_type', features.jobType) && hasSeen('error_class', features.errorClass);
}

/** Φ, to 7.5e-8. @see Abramowitz & Stegun 26.2.17 */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z >= 0 ? 1 - upper : upper;
}

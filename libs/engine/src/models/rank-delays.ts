import type { Forecast } from '@smart-retry/domain';
import type { ModelContext } from '@smart-retry/ml';
import { toFourDigits } from '../four-digits.js';
import type { CandidateDelay } from './candidate-delays.js';
import { foreseeLater, type Remaining } from './look-ahead.js';
import type { LoadedModel } from './serving-models.js';

/** A candidate as a model sees it. */
export interface RankedDelay {
  readonly delayMs: number;
  readonly successProbability: number;
  /** Expected discounted utility; stop is worth 0. */
  readonly value: number;
  /** Standard deviation of the value, by what the model does not know. */
  readonly deviation: number;
}

export interface Ranking {
  /** In the order of the candidates. */
  readonly delays: readonly RankedDelay[];
  readonly forecasts: readonly Forecast[];
  /** Where the delay of greatest value is; −1 when none is worth more than to stop. */
  readonly best: number;
}

/** What a model makes of the candidates; null when it gives no number for one of them. */
export function rankDelays(
  model: LoadedModel,
  context: ModelContext,
  candidates: readonly CandidateDelay[],
  remaining: Remaining,
): Ranking | null {
  let foreseen: readonly number[] | null;
  const chances = new Float64Array(candidates.length);
  try {
    model.scoring.scoreDelays(
      context,
      candidates.map(({ delayMs }) => delayMs),
      chances,
    );
    foreseen = foreseeLater(model, context, { candidates, chances }, remaining);
  } catch {
    // Counted where the decision is kept: a defect of one model is no reason to leave the job without an answer.
    return null;
  }
  if (!chances.every((chance) => chance >= 0 && chance <= 1)) return null;
  const delays = valueDelays(model, candidates, { chances, foreseen });
  const forecasts = candidates.map(({ delayMs, byBayesian }, i): Forecast => [
    delayMs,
    toFourDigits(chances[i] ?? 0),
    byBayesian === null ? null : toFourDigits(byBayesian),
  ]);
  return { delays, forecasts, best: indexOfBest(delays) };
}

/**
 * Values the candidates, the longest first: another failure leaves no more than the best longer wait is worth from the
 * start, which is still open to whoever has failed sooner. What the Bayesian layer expects of later was worked out with
 * chances of its own; beside lower ones of a model it would make a short try look as if nothing but its cost were lost by
 * it. With this bound a shorter wait is worth most only where its own chance pays for it.
 */
function valueDelays(
  model: LoadedModel,
  candidates: readonly CandidateDelay[],
  { chances, foreseen }: { readonly chances: Float64Array; readonly foreseen: readonly number[] | null },
): readonly RankedDelay[] {
  let longerIsWorth = Infinity;
  return candidates
    .reduceRight<RankedDelay[]>((longer, { delayMs, gain, cost, later: byBayesian }, i) => {
      // By then it is discounted by as much less.
      // A half-life of nothing leaves nothing, whatever was worth anything before.
      const atMost = gain > 0 ? Math.max(0, longerIsWorth) / gain : 0;
      const later = Math.min(atMost, Math.max(byBayesian, foreseen?.[i] ?? 0));
      const successProbability = chances[i] ?? 0;
      const value = gain * (successProbability + (1 - successProbability) * later) - cost;
      const deviation = gain * (1 - later) * chanceDeviation(model, successProbability);
      longerIsWorth = longer.length === 0 ? value : Math.max(longerIsWorth, value);
      longer.push({ delayMs, successProbability, value, deviation });
      return longer;
    }, [])
    .reverse();
}

/**
 * How far a model's chance may be off: `√(ece² + p(1 − p) · k / n)`, its calibration error, and the mean variance of a
 * fitted chance with k inputs and n rows.
 */
export function chanceDeviation({ description }: LoadedModel, chance: number): number {
  const { metrics, lineage, features } = description;
  const inputs = features.length + 1;
  return Math.sqrt(metrics.ece ** 2 + (chance * (1 - chance) * inputs) / Math.max(1, lineage.trainingRows));
}

function indexOfBest(delays: readonly RankedDelay[]): number {
  let best = -1;
  let bestValue = 0;
  delays.forEach(({ value }, i) => {
    if (value > bestValue) [best, bestValue] = [i, value];
  });
  return best;
}

import type { SuccessEstimate } from '@smart-retry/domain';

/** Each outcome makes those before it count this much less: about the last 500 count. */
export const KEPT = 0.998;
/** How firmly a chance is taken to be right before anything is known of it: as after twelve outcomes at even chances. */
const FIRM_PRECISION = 3;
/** … where it is a model's, or of another delay than the one that is waited: as after six. */
const LOOSE_PRECISION = 1.5;
/** The largest correction, in log-odds. */
const MAX_SHIFT = 5;
/** 90 % of a normal distribution lie so many standard deviations about its mean. */
export const Z_90 = 1.645;
/** A chance of exactly 0 or 1 is never meant. */
const SMALLEST_CHANCE = 1e-4;

/** How firmly what is known of all incidents is taken to hold in those of one age. */
const OF_AGE_PRECISION = 5;

/** By how much log-odds were too low in past answers, and how uncertain that makes them. */
export interface Correction {
  readonly shift: number;
  /** How far a chance may be off before anything is known of it, in log-odds: a standard deviation. */
  readonly deviation: number;
  /** What outcomes have told since of the log-odds that are shown: 1 / variance. Absent in records that are older than it. */
  readonly precision?: number | undefined;
}

/** Where nobody compares. */
export const NO_CORRECTION: Correction = { shift: 0, deviation: 0 };

/** What is believed of one shift: normal, its mean, −5 to 5, and the inverse of its variance, at first and now. */
export interface Belief {
  readonly priorPrecision: number;
  precision: number;
  shift: number;
}

/** Before anything came of an answer; `firm` where the Bayesian layer speaks of the very delay that is waited. */
export function unknownBelief(trust: 'firm' | 'loose'): Belief {
  const precision = trust === 'firm' ? FIRM_PRECISION : LOOSE_PRECISION;
  return { priorPrecision: precision, precision, shift: 0 };
}

/** … of what is added to the shift of all incidents in those of one age. */
export function unknownBeliefOfAge(): Belief {
  return { priorPrecision: OF_AGE_PRECISION, precision: OF_AGE_PRECISION, shift: 0 };
}

/**
 * What two beliefs that add up make of a chance: `logit` of its mean over all that the shift s ~ N(m, v) may be, which lies nearer to
 * even chances than the chance at m, by about `E σ(x) ≈ σ(E x / √(1 + π·v/8))`, with `x = meant + s`.
 *
 * @param meant What the chance's log-odds say of what is done.
 * @see MacKay, "The Evidence Framework Applied to Classification Networks" (1992)
 */
export function correctionBy(
  ofAll: Readonly<Belief>,
  ofAge: Readonly<Belief>,
  { chance, meant, precision }: { readonly chance: number; readonly meant: number; readonly precision: number },
): Correction {
  const variance = 1 / ofAll.precision + 1 / ofAge.precision;
  const logOdds = logOddsOf(chance);
  const shifted = (meant + shiftBy(ofAll, ofAge)) / Math.sqrt(1 + (Math.PI * variance) / 8);
  const deviation = Math.sqrt(1 / ofAll.priorPrecision + 1 / ofAge.priorPrecision);
  return { shift: shifted - logOdds, deviation, precision };
}

/** Two shifts that add up, −5 to 5. */
export function shiftBy(ofAll: Readonly<Belief>, ofAge: Readonly<Belief>): number {
  return Math.max(-MAX_SHIFT, Math.min(MAX_SHIFT, ofAll.shift + ofAge.shift));
}

/** What is left of a precision, and what one more outcome of the given weight adds to it: `w·q(1 − q)`, q being what was expected. */
export function sharpen(precision: number, expected: number, weight: number): number {
  return KEPT * precision + weight * expected * (1 - expected);
}

/**
 * One step of a filter for the shift `s` in `logit P(success) = logOdds + s`: what is believed fades towards the prior N(0, 1/k), then
 * takes the outcome in by Laplace's approximation, `precision += w·q(1 − q)`, `s += w·(y − q) / precision` with q the chance as
 * shifted; w is what outcomes count for that are alike. One that would lead beyond the largest correction says only that the truth is
 * out there, and makes nothing more certain.
 */
export function learn(
  belief: Belief,
  { logOdds, success, weight }: { readonly logOdds: number; readonly success: boolean; readonly weight: number },
): void {
  const faded = belief.priorPrecision + KEPT * (belief.precision - belief.priorPrecision);
  const prior = (KEPT * belief.precision * belief.shift) / faded;
  const expected = chanceOf(logOdds + prior);
  const precision = faded + weight * expected * (1 - expected);
  const shift = prior + (weight * (Number(success) - expected)) / precision;
  const isBeyond = Math.abs(shift) > MAX_SHIFT;
  belief.precision = isBeyond ? faded : precision;
  belief.shift = isBeyond ? Math.sign(shift) * MAX_SHIFT : shift;
}

/** A chance with other odds, as `correctEstimate` shows it. */
export function correctChance(chance: number, { shift, deviation }: Correction): number {
  return deviation === 0 ? shiftChance(chance, shift) : chanceOf(logOddsOf(chance) + shift);
}

/**
 * The same estimate with other odds. Each end of the interval is as far from them as the layer's, and as what is not known of the
 * correction, and the nearer the more outcomes have told: `1.645 · √(1 / (1 / (r² + deviation²) + precision))`, r being the layer's
 * own deviation to that side. An end at 0 or 1 stays there; and where a Beta of that variance and mean would have α ≤ 1,
 * `variance · (1 − chance) ≥ 1`, no least chance is known: the interval begins at 0.
 */
export function correctEstimate(estimate: SuccessEstimate, correction: Correction): SuccessEstimate {
  const {
    successProbability,
    interval: [lo, hi],
  } = estimate;
  const { shift, deviation, precision } = correction;
  const chance = correctChance(successProbability, correction);
  // Records of before deviations were known are replayed as they were, to the digits that are shown.
  if (deviation === 0)
    return { successProbability: chance, interval: [shiftChance(lo, shift), shiftChance(hi, shift)] };
  const logOdds = logOddsOf(successProbability);
  const unknown = (Z_90 * deviation) ** 2;
  const narrowing = (precision ?? 0) / Z_90 ** 2;
  const squareAway = (end: number) => {
    const square = (logOddsOf(end) - logOdds) ** 2 + unknown;
    return square / (1 + narrowing * square);
  };
  const below = squareAway(lo);
  // Older records are replayed as they were, to the digits that are shown.
  const isOpen = precision !== undefined && hi < 1 && below * (1 - chance) >= Z_90 ** 2;
  return {
    successProbability: chance,
    interval: [
      lo <= 0 || isOpen ? 0 : chanceOf(logOdds + shift - Math.sqrt(below)),
      hi >= 1 ? 1 : chanceOf(logOdds + shift + Math.sqrt(squareAway(hi))),
    ],
  };
}

function shiftChance(chance: number, shift: number): number {
  if (shift === 0 || chance <= 0 || chance >= 1) return chance;
  const bounded = boundedChance(chance);
  const odds = (bounded / (1 - bounded)) * Math.exp(shift);
  return odds / (1 + odds);
}

/** What was there before `shiftChance`: not bounded, since what was shown may lie beyond the bounds. */
export function shiftedBack(chance: number, shift: number): number {
  if (shift === 0 || chance <= 0 || chance >= 1) return chance;
  return chanceOf(Math.log(chance / (1 - chance)) - shift);
}

function boundedChance(chance: number): number {
  return Math.min(1 - SMALLEST_CHANCE, Math.max(SMALLEST_CHANCE, chance));
}

export function logOddsOf(chance: number): number {
  const bounded = boundedChance(chance);
  return Math.log(bounded / (1 - bounded));
}

export function chanceOf(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

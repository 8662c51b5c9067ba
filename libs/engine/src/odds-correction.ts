import type { SuccessEstimate } from '@smart-retry/domain';

/** Each outcome makes those before it count this much less: about the last 500 count. */
const KEPT = 0.998;
/** How firmly a chance is taken to be right before anything is known of it: as after twelve outcomes at even chances. */
const PRIOR_PRECISION = 3;
/** The largest correction, in log-odds. */
const MAX_SHIFT = 5;
/** 90 % of a normal distribution lie so many standard deviations about its mean. */
export const Z_90 = 1.645;
/** A chance of exactly 0 or 1 is never meant. */
const SMALLEST_CHANCE = 1e-4;

/** By how much log-odds were too low in past answers, −5 to 5, and how uncertain that is. */
export interface Correction {
  readonly shift: number;
  /** Standard deviation. */
  readonly deviation: number;
}

/** Where nobody compares. */
export const NO_CORRECTION: Correction = { shift: 0, deviation: 0 };
/** Before anything came of an answer. */
export const NOTHING_KNOWN: Correction = { shift: 0, deviation: 1 / Math.sqrt(PRIOR_PRECISION) };

/** What is believed of one shift: normal, its mean and the inverse of its variance. */
export type Belief = { shift: number; precision: number };

export function unknownBelief(): Belief {
  return { shift: 0, precision: PRIOR_PRECISION };
}

/**
 * One step of a filter for the shift `s` in `logit P(success) = logit p + s`: what is believed fades towards the prior N(0, 1/k), then
 * takes the outcome in by Laplace's approximation, `precision += w·q(1 − q)`, `s += w·(y − q) / precision` with q the chance as
 * shifted; w is what outcomes count for that are alike. One that would lead beyond the largest correction says only that the truth is
 * out there, and makes nothing more certain.
 */
export function learn(
  belief: Belief,
  { chance, success, weight }: { readonly chance: number; readonly success: boolean; readonly weight: number },
): void {
  const faded = PRIOR_PRECISION + KEPT * (belief.precision - PRIOR_PRECISION);
  const prior = (KEPT * belief.precision * belief.shift) / faded;
  const expected = chanceOf(logOddsOf(chance) + prior);
  const precision = faded + weight * expected * (1 - expected);
  const shift = prior + (weight * (Number(success) - expected)) / precision;
  const isBeyond = Math.abs(shift) > MAX_SHIFT;
  belief.precision = isBeyond ? faded : precision;
  belief.shift = isBeyond ? Math.sign(shift) * MAX_SHIFT : shift;
}

/** The same estimate with other odds, and an interval that is wider by what is not known of them; an end at 0 or 1 stays there. */
export function correctEstimate(estimate: SuccessEstimate, { shift, deviation }: Correction): SuccessEstimate {
  const {
    successProbability,
    interval: [lo, hi],
  } = estimate;
  // Records of before deviations were known are replayed to the last digit.
  if (deviation === 0) {
    return {
      successProbability: shiftChance(successProbability, shift),
      interval: [shiftChance(lo, shift), shiftChance(hi, shift)],
    };
  }
  const logOdds = logOddsOf(successProbability);
  const unknown = (Z_90 * deviation) ** 2;
  const away = (end: number) => Math.sqrt((logOddsOf(end) - logOdds) ** 2 + unknown);
  return {
    successProbability: chanceOf(logOdds + shift),
    interval: [lo <= 0 ? 0 : chanceOf(logOdds + shift - away(lo)), hi >= 1 ? 1 : chanceOf(logOdds + shift + away(hi))],
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

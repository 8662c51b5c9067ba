import { BIN_COUNT } from './delay-grid.js';
import { DEVIATES, DRAWS, GREATEST_DEVIATES, LEAST_DEVIATES } from './deviates.js';
import type { Posterior } from './posterior.js';
import { ROUGH_CHANCE_ERROR, roughChance } from './rough-chance.js';
import type { ValueTerms } from './value.js';
import { zeros } from './zeros.js';

/** Index of the action beside the bins. */
export const STOP = BIN_COUNT;

/** A difference in value that nobody would notice. */
const TOLERANCE = 0.02;
/** Rough values that differ by more are in the right order: each is off by less than its chance, with room for rounding. */
const MARGIN = 4 * ROUGH_CHANCE_ERROR;

/** Of each bin, while shares are tabulated; shape [BIN_COUNT] each. */
const oddsAgainst = new Float64Array(BIN_COUNT);
const logOddsAgainst = new Float64Array(BIN_COUNT);
const deviations = new Float64Array(BIN_COUNT);
/** What the bin is worth at most in any draw, roughly. */
const highest = new Float64Array(BIN_COUNT);
/** Of each draw: the greatest rough value, the one after it, and whose the greatest is; shape [DRAWS] each. */
const greatest = new Float64Array(DRAWS);
const second = new Float64Array(DRAWS);
const choices = new Uint8Array(DRAWS);

/** Two actions, each a bin or −1 for stop. */
export interface Comparison {
  readonly best: number;
  /** What the rules would do. */
  readonly anchor: number;
}

export interface ThompsonTable {
  /** Shape [BIN_COUNT + 1], sums to 1: how often a draw of the chances prefers each bin, and stop (last). */
  readonly shares: readonly number[];
  /** Share of draws in which the best action is worth no less than the anchor, 0–1. */
  readonly notWorse: number;
}

/**
 * How often a Thompson draw would choose each action: the chances are drawn from their posteriors, and the best action for
 * them is taken. There is no closed form. Rough values tell nearly all draws; those that they do not tell are worked out.
 *
 * In logit space a draw is normal with about the mean m and the variance `m(1 − m)/(n + 1)` of the Beta for which it stands:
 * `σ² = ln(1 + 1/((n + 1)·m(1 − m)))`, exact for the log-normal odds of rare events, and `μ = logit m − (1 − 2m)·σ²/2`, as
 * the mean of a chance lies nearer to even odds than the chance at mean log-odds (second-order expansion).
 *
 * @param later V(n+1) after each bin's wait, 0–1; shape [BIN_COUNT]
 */
export function tabulateThompson(
  posterior: Posterior,
  terms: ValueTerms,
  later: readonly number[],
  { best, anchor }: Comparison,
): ThompsonTable {
  const least = takeBins(posterior, terms, later);
  chooseRoughly(terms, later, least);
  const shares = zeros(BIN_COUNT + 1);
  let notWorse = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const isClear = (greatest[draw] ?? 0) - (second[draw] ?? 0) > MARGIN;
    const choice = isClear ? (choices[draw] ?? STOP) : choose(draw, terms, later);
    shares[choice] = (shares[choice] ?? 0) + 1 / DRAWS;
    if (best === anchor || isNotWorse(draw, best, anchor, terms, later)) notWorse += 1 / DRAWS;
  }
  return { shares, notWorse };
}

/** Works out what draws have in common; answers what some action is worth in any of them, roughly. */
function takeBins({ means, evidence }: Posterior, { gains, costs }: ValueTerms, later: readonly number[]): number {
  let least = 0;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const gain = gains[bin] ?? 0;
    // Bins that may not be waited are worth −∞ whatever their chances.
    highest[bin] = Number.NEGATIVE_INFINITY;
    if (gain <= 0) continue;
    const mean = Math.min(0.995, Math.max(0.005, means[bin] ?? 0));
    const variance = Math.log1p(1 / (((evidence[bin] ?? 0) + 1) * mean * (1 - mean)));
    const logAgainst = Math.log((1 - mean) / mean) + (0.5 - mean) * variance;
    const deviation = -Math.sqrt(variance);
    oddsAgainst[bin] = Math.exp(logAgainst);
    logOddsAgainst[bin] = logAgainst;
    deviations[bin] = deviation;
    const low = roughChance(logAgainst + deviation * (LEAST_DEVIATES[bin] ?? 0));
    const high = roughChance(logAgainst + deviation * (GREATEST_DEVIATES[bin] ?? 0));
    const after = later[bin] ?? 0;
    const cost = costs[bin] ?? 0;
    least = Math.max(least, gain * (low + (1 - low) * after) - cost);
    highest[bin] = gain * (high + (1 - high) * after) - cost;
  }
  return least;
}

/** By rough values, of the bins that are ever worth as much as some action is always. */
function chooseRoughly({ gains, costs }: ValueTerms, later: readonly number[], least: number): void {
  greatest.fill(0);
  second.fill(Number.NEGATIVE_INFINITY);
  choices.fill(STOP);
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    if ((highest[bin] ?? 0) < least - MARGIN) continue;
    const gain = gains[bin] ?? 0;
    const after = later[bin] ?? 0;
    const failed = gain * after - (costs[bin] ?? 0);
    const gained = gain * (1 - after);
    const logAgainst = logOddsAgainst[bin] ?? 0;
    const deviation = deviations[bin] ?? 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const deviate = DEVIATES[bin * DRAWS + draw] ?? 0;
      const value = failed + gained * roughChance(logAgainst + deviation * deviate);
      const most = greatest[draw] ?? 0;
      if (value > most) {
        second[draw] = most;
        greatest[draw] = value;
        choices[draw] = bin;
      } else if (value > (second[draw] ?? 0)) {
        second[draw] = value;
      }
    }
  }
}

/** The best action of one draw. */
function choose(draw: number, terms: ValueTerms, later: readonly number[]): number {
  let choice = STOP;
  let most = 0;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const value = valueIn(draw, bin, terms, later);
    if (value > most) {
      most = value;
      choice = bin;
    }
  }
  return choice;
}

function isNotWorse(draw: number, best: number, anchor: number, terms: ValueTerms, later: readonly number[]): boolean {
  const lead = roughValueIn(draw, best, terms, later) - roughValueIn(draw, anchor, terms, later) + TOLERANCE;
  if (Math.abs(lead) > MARGIN) return lead > 0;
  return valueIn(draw, best, terms, later) >= valueIn(draw, anchor, terms, later) - TOLERANCE;
}

/** What an action is worth in one draw; 0 for stop, and for what may not be waited. */
function valueIn(draw: number, bin: number, { gains, costs }: ValueTerms, later: readonly number[]): number {
  const gain = gains[bin] ?? 0;
  if (gain <= 0) return 0;
  const deviate = DEVIATES[bin * DRAWS + draw] ?? 0;
  const chance = 1 / (1 + (oddsAgainst[bin] ?? 1) * Math.exp((deviations[bin] ?? 0) * deviate));
  return gain * (chance + (1 - chance) * (later[bin] ?? 0)) - (costs[bin] ?? 0);
}

/** The same, roughly. */
function roughValueIn(draw: number, bin: number, { gains, costs }: ValueTerms, later: readonly number[]): number {
  const gain = gains[bin] ?? 0;
  if (gain <= 0) return 0;
  const deviate = DEVIATES[bin * DRAWS + draw] ?? 0;
  const chance = roughChance((logOddsAgainst[bin] ?? 0) + (deviations[bin] ?? 0) * deviate);
  return gain * (chance + (1 - chance) * (later[bin] ?? 0)) - (costs[bin] ?? 0);
}

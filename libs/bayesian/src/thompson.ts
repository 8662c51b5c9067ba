import { createRng, type Rng } from '@smart-retry/domain';
import { BIN_COUNT } from './delay-grid.js';
import type { Posterior } from './posterior.js';
import type { ValueTerms } from './value.js';
import { zeros } from './zeros.js';

/** Index of the action beside the bins. */
export const STOP = BIN_COUNT;

const DRAWS = 32;
/** How much of a draw all bins share: they rise and fall together more than not. */
const SHARED = Math.SQRT1_2;
/** A difference in value that nobody would notice. */
const TOLERANCE = 0.02;

/** Standard normal deviates, fixed once and for all: shares are tabulated from the same draws each time. */
const DEVIATES = drawDeviates(createRng([0x7468, 0x6f6d, 0x7073, 0x6f6e]));

/** Of each bin, while shares are tabulated; shape [BIN_COUNT] each. */
const oddsAgainst = new Float64Array(BIN_COUNT);
const deviations = new Float64Array(BIN_COUNT);

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
 * How often a Thompson draw would choose each action: the chances are drawn from their posteriors (normal in logit space,
 * `Var(logit p) ≈ 1 / ((n + 1)·m·(1 − m))`), and the best action for them is taken. There is no closed form.
 *
 * @param later V(n+1) after each bin's wait; shape [BIN_COUNT]
 */
export function tabulateThompson(
  { means, evidence }: Posterior,
  terms: ValueTerms,
  later: readonly number[],
  { best, anchor }: Comparison,
): ThompsonTable {
  const shares = zeros(BIN_COUNT + 1);
  const { gains, costs } = terms;
  let end = 0;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    // Bins that may not be waited are worth −∞ whatever their chances.
    if ((gains[bin] ?? 0) > 0) end = bin + 1;
    const mean = Math.min(0.995, Math.max(0.005, means[bin] ?? 0));
    oddsAgainst[bin] = (1 - mean) / mean;
    deviations[bin] = -1 / Math.sqrt(((evidence[bin] ?? 0) + 1) * mean * (1 - mean));
  }
  let notWorse = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    let choice = STOP;
    let greatest = 0;
    let ofBest = 0;
    let ofAnchor = 0;
    for (let bin = 0; bin < end; bin++) {
      const gain = gains[bin] ?? 0;
      if (gain <= 0) continue;
      const deviate = DEVIATES[draw * BIN_COUNT + bin] ?? 0;
      const chance = 1 / (1 + (oddsAgainst[bin] ?? 1) * Math.exp((deviations[bin] ?? 0) * deviate));
      const value = gain * (chance + (1 - chance) * (later[bin] ?? 0)) - (costs[bin] ?? 0);
      if (value > greatest) {
        greatest = value;
        choice = bin;
      }
      if (bin === best) ofBest = value;
      if (bin === anchor) ofAnchor = value;
    }
    if (best === anchor || ofBest >= ofAnchor - TOLERANCE) notWorse += 1 / DRAWS;
    shares[choice] = (shares[choice] ?? 0) + 1 / DRAWS;
  }
  return { shares, notWorse };
}

function drawDeviates(rng: Rng): Float64Array {
  const deviates = new Float64Array(DRAWS * BIN_COUNT);
  for (let draw = 0; draw < DRAWS; draw++) {
    const shared = standardNormal(rng);
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      deviates[draw * BIN_COUNT + bin] = SHARED * (shared + standardNormal(rng));
    }
  }
  return deviates;
}

/** Box–Muller. */
function standardNormal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

import type { Objective } from '@smart-retry/domain';
import { BIN_COUNT, DELAY_BINS, delayOfBin, type DelayBin } from './delay-grid.js';
import { zeros } from './zeros.js';

/** What a plan may do. */
export interface PlanBounds {
  /** Delays allowed, in milliseconds, both ends included. */
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Executions allowed, the first included. */
  readonly maxAttempts: number;
  /** Expected time that an attempt takes, in milliseconds. */
  readonly processingMs: number;
}

/** The value of each bin for given chances and continuation values: what an objective and its bounds make of them. */
export interface ValueTerms {
  /** `g(d) · g(s)`, 0 for bins that may not be waited; shape [BIN_COUNT]. */
  readonly gains: readonly number[];
  /** `g(d) · cost`, ∞ for bins that may not be waited; shape [BIN_COUNT]. */
  readonly costs: readonly number[];
}

/** The delay that is proposed for a bin, within bounds. */
export function boundedDelayOf(bin: number, { minDelayMs, maxDelayMs }: PlanBounds): number {
  return Math.min(maxDelayMs, Math.max(minDelayMs, delayOfBin(bin)));
}

/** The terms of `Q(n, d) = g(d) · ( g(s) · [p + (1 − p) · V(n+1)] − cost )`, `g(t) = 2^(−t / valueHalfLifeMs)`. */
export function valueTermsOf({ valueHalfLifeMs, attemptCost }: Objective, bounds: PlanBounds): ValueTerms {
  const discount = (ms: number) => 2 ** (-ms / valueHalfLifeMs);
  const isAllowed = ({ fromMs, toMs }: DelayBin) =>
    toMs > bounds.minDelayMs && (fromMs < bounds.maxDelayMs || fromMs === 0);
  const forBins = (barred: number, allowed: (delayMs: number) => number) => {
    const values = zeros(BIN_COUNT);
    DELAY_BINS.forEach((bin, i) => (values[i] = isAllowed(bin) ? allowed(boundedDelayOf(i, bounds)) : barred));
    return values;
  };
  return {
    gains: forBins(0, (delayMs) => discount(delayMs) * discount(bounds.processingMs)),
    costs: forBins(Number.POSITIVE_INFINITY, (delayMs) => discount(delayMs) * attemptCost),
  };
}

/** The value of one bin; −∞ when it may not be waited. `chance` is p, `later` is V(n+1) after its wait. */
export function valueOf({ gains, costs }: ValueTerms, bin: number, chance: number, later: number): number {
  return (gains[bin] ?? 0) * (chance + (1 - chance) * later) - (costs[bin] ?? 0);
}

/** Where the bin of greatest value is, the shortest of equals, and −1 when none is worth more than to stop. */
export function bestBin(terms: ValueTerms, chances: readonly number[], later: readonly number[]): number {
  let best = -1;
  let bestValue = 0;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const value = valueOf(terms, bin, chances[bin] ?? 0, later[bin] ?? 0);
    if (value > bestValue) {
      bestValue = value;
      best = bin;
    }
  }
  return best;
}

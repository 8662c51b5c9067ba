import { BIN_COUNT } from './delay-grid.js';
import type { EvidenceCell } from './evidence-cell.js';
import type { Moment, Speed } from './moment.js';
import { zeros } from './zeros.js';

/** A Beta posterior for each delay bin, by mean and evidence: `α = m·n`, `β = (1 − m)·n`. Shape [BIN_COUNT] each. */
export interface Posterior {
  readonly means: readonly number[];
  readonly evidence: readonly number[];
}

/** One that is still being worked out. */
export interface PosteriorToBe {
  readonly means: number[];
  readonly evidence: number[];
}

/** Before anything is known: even chances, worth two outcomes. */
const PRIOR_STRENGTH = 2;
export const PRIOR: Posterior = {
  means: zeros(BIN_COUNT).fill(0.5),
  evidence: zeros(BIN_COUNT).fill(PRIOR_STRENGTH),
};

/** What the outcomes of the bins on either side count for, and of those beyond; together at most `NEIGHBOUR_CAP`. */
const BESIDE_WEIGHT = 0.4;
const BEYOND_WEIGHT = 0.13;
const NEIGHBOUR_CAP = 8;

/** One level of a pooled posterior. */
export interface Level {
  readonly cell: EvidenceCell;
  /** The next, more specific cell of the same path: its evidence is left out here, since it counts there. */
  readonly child: EvidenceCell | undefined;
  /** What the prior counts for, at most, in outcomes. */
  readonly priorStrength: number;
}

/** Bins on either side that have none: nothing was ever seen there. */
const MARGIN = 2;
/** A level's own outcomes while it is pooled; shape [MARGIN + BIN_COUNT + MARGIN] each. */
const ownSuccesses = new Float64Array(BIN_COUNT + 2 * MARGIN);
const ownFailures = new Float64Array(BIN_COUNT + 2 * MARGIN);

/**
 * The posterior of one level from that of the level above: `m = (k·m₀ + s) / (k + s + f)`, evidence `k + s + f`, where s
 * and f are the cell's outcomes without its child's, and some of those of the neighbouring delays.
 */
export function pool(prior: Posterior, level: Level, speed: Speed, now: Moment): PosteriorToBe {
  const posterior = { means: zeros(BIN_COUNT), evidence: zeros(BIN_COUNT) };
  poolInto(posterior, prior, level, speed, now);
  return posterior;
}

/** The same, written into `posterior`, which may be the prior itself. */
export function poolInto(
  { means, evidence }: PosteriorToBe,
  prior: Posterior,
  { cell, child, priorStrength }: Level,
  speed: Speed,
  now: Moment,
): void {
  takeOwn(cell, child, speed, now);
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const ownSuccess = ownSuccesses[MARGIN + bin] ?? 0;
    const ownFailure = ownFailures[MARGIN + bin] ?? 0;
    let successes = aroundOf(ownSuccesses, bin);
    let failures = aroundOf(ownFailures, bin);
    const around = successes + failures;
    const scale = around > NEIGHBOUR_CAP ? NEIGHBOUR_CAP / around : 1;
    successes = successes * scale + ownSuccess;
    failures = failures * scale + ownFailure;
    const strength = Math.min(priorStrength, prior.evidence[bin] ?? 0);
    const total = strength + successes + failures;
    means[bin] = (strength * (prior.means[bin] ?? 0) + successes) / total;
    evidence[bin] = total;
  }
}

/** The same for one bin: its mean. */
export function pooledMean(priorMean: number, bin: number, level: Level, speed: Speed, now: Moment): number {
  const { cell, child, priorStrength } = level;
  const factor = cell.factorAt(speed, now);
  let successes = factor * cell.successesOf(speed, bin);
  let failures = factor * cell.failuresOf(speed, bin);
  if (child !== undefined) {
    const childFactor = child.factorAt(speed, now);
    successes = Math.max(0, successes - childFactor * child.successesOf(speed, bin));
    failures = Math.max(0, failures - childFactor * child.failuresOf(speed, bin));
  }
  return (priorStrength * priorMean + successes) / (priorStrength + successes + failures);
}

function takeOwn(cell: EvidenceCell, child: EvidenceCell | undefined, speed: Speed, now: Moment): void {
  const factor = cell.factorAt(speed, now);
  if (child === undefined) {
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      ownSuccesses[MARGIN + bin] = factor * cell.successesOf(speed, bin);
      ownFailures[MARGIN + bin] = factor * cell.failuresOf(speed, bin);
    }
    return;
  }
  const childFactor = child.factorAt(speed, now);
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const success = factor * cell.successesOf(speed, bin) - childFactor * child.successesOf(speed, bin);
    const failure = factor * cell.failuresOf(speed, bin) - childFactor * child.failuresOf(speed, bin);
    // Rounding, a capped child, and one that outlived its parent in a bounded memory must not make evidence negative.
    ownSuccesses[MARGIN + bin] = success > 0 ? success : 0;
    ownFailures[MARGIN + bin] = failure > 0 ? failure : 0;
  }
}

function aroundOf(own: Float64Array, bin: number): number {
  const at = MARGIN + bin;
  const beside = (own[at - 1] ?? 0) + (own[at + 1] ?? 0);
  const beyond = (own[at - 2] ?? 0) + (own[at + 2] ?? 0);
  return BESIDE_WEIGHT * beside + BEYOND_WEIGHT * beyond;
}

/**
 * Two memories as one, moment-matched to one Beta a bin, so that their disagreement widens it:
 * `var = Σ w·var + w_f·w_s·(m_f − m_s)²`, `α + β = m(1 − m)/var − 1`.
 */
export function mixPosteriors(fast: Posterior, slow: Posterior, fastShare: number): Posterior {
  const means = zeros(BIN_COUNT);
  const evidence = zeros(BIN_COUNT);
  const slowShare = 1 - fastShare;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const f = fast.means[bin] ?? 0;
    const s = slow.means[bin] ?? 0;
    const mean = fastShare * f + slowShare * s;
    const within =
      (fastShare * f * (1 - f)) / ((fast.evidence[bin] ?? 0) + 1) +
      (slowShare * s * (1 - s)) / ((slow.evidence[bin] ?? 0) + 1);
    const between = fastShare * slowShare * (f - s) ** 2;
    means[bin] = mean;
    evidence[bin] = Math.max(1, (mean * (1 - mean)) / (within + between) - 1);
  }
  return { means, evidence };
}

/** How far the odds of a part may lie from those of the whole, as a standard deviation of their logarithm. */
const ODDS_DEVIATION = 2;
const NEWTON_STEPS = 8;
/** Further than this no step goes: from where hardly anything is known Newton's would go too far. */
const LONGEST_STEP = 2;

/**
 * A prior whose odds differ at every delay by one factor `e^δ`, the likeliest by what the cell has seen: what fares worse
 * than its kind at the delays that were tried is likely to fare worse at others. With `l = logit m` and `n` outcomes of
 * which `s` succeeded, δ maximises `Σ s·ln σ(l + δ) + (n − s)·ln σ(−l − δ) − δ²/(2·ODDS_DEVIATION²)`.
 */
export function shiftOdds(prior: Posterior, cell: EvidenceCell, speed: Speed, now: Moment): Posterior {
  takeOwn(cell, undefined, speed, now);
  const precision = 1 / ODDS_DEVIATION ** 2;
  let shift = 0;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let slope = -shift * precision;
    let curvature = precision;
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      const successes = ownSuccesses[MARGIN + bin] ?? 0;
      const outcomes = successes + (ownFailures[MARGIN + bin] ?? 0);
      if (outcomes === 0) continue;
      const mean = shifted(prior, bin, shift);
      slope += successes - outcomes * mean;
      curvature += outcomes * mean * (1 - mean);
    }
    shift += Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, slope / curvature));
  }
  const means = zeros(BIN_COUNT);
  for (let bin = 0; bin < BIN_COUNT; bin++) means[bin] = shifted(prior, bin, shift);
  return { means, evidence: prior.evidence };
}

function shifted(prior: Posterior, bin: number, shift: number): number {
  const odds = oddsOf(prior, bin) * Math.exp(shift);
  return odds / (1 + odds);
}

/** Odds beyond these are not told apart when they are combined. */
const LEAST_CHANCE = 1e-3;

/**
 * What two circumstances of a failure make likely together, as if each changed the odds by itself:
 * `logit m = logit a + logit b − logit base`. It is worth what the less known of the two is worth.
 */
export function combineOdds(a: Posterior, b: Posterior, base: Posterior): PosteriorToBe {
  const means = zeros(BIN_COUNT);
  const evidence = zeros(BIN_COUNT);
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const odds = (oddsOf(a, bin) * oddsOf(b, bin)) / oddsOf(base, bin);
    means[bin] = odds / (1 + odds);
    evidence[bin] = Math.min(a.evidence[bin] ?? 0, b.evidence[bin] ?? 0);
  }
  return { means, evidence };
}

function oddsOf({ means }: Posterior, bin: number): number {
  const mean = Math.min(1 - LEAST_CHANCE, Math.max(LEAST_CHANCE, means[bin] ?? 0));
  return mean / (1 - mean);
}

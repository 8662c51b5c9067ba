import type { EpochMs } from '@smart-retry/domain';
import { BIN_COUNT } from './delay-grid.js';
import type { EvidenceCell, Speed } from './evidence-cell.js';

/** A Beta posterior for each delay bin, by mean and evidence: `α = m·n`, `β = (1 − m)·n`. Shape [BIN_COUNT] each. */
export interface Posterior {
  readonly means: Float64Array;
  readonly evidence: Float64Array;
}

/** Before anything is known: even chances, worth two outcomes. */
const PRIOR_STRENGTH = 2;
export const PRIOR: Posterior = {
  means: new Float64Array(BIN_COUNT).fill(0.5),
  evidence: new Float64Array(BIN_COUNT).fill(PRIOR_STRENGTH),
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

const ownSuccesses = new Float64Array(BIN_COUNT);
const ownFailures = new Float64Array(BIN_COUNT);

/**
 * The posterior of one level from that of the level above: `m = (k·m₀ + s) / (k + s + f)`, evidence `k + s + f`, where s
 * and f are the cell's outcomes without its child's, and some of those of the neighbouring delays.
 */
export function pool(prior: Posterior, { cell, child, priorStrength }: Level, speed: Speed, nowMs: EpochMs): Posterior {
  takeOwn(cell, child, speed, nowMs);
  const means = new Float64Array(BIN_COUNT);
  const evidence = new Float64Array(BIN_COUNT);
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const ownSuccess = ownSuccesses[bin] ?? 0;
    const ownFailure = ownFailures[bin] ?? 0;
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
  return { means, evidence };
}

/** The same for one bin: its mean. */
export function pooledMean(priorMean: number, bin: number, level: Level, speed: Speed, nowMs: EpochMs): number {
  const { cell, child, priorStrength } = level;
  const factor = cell.factorAt(speed, nowMs);
  const childFactor = child?.factorAt(speed, nowMs) ?? 0;
  const own = (place: number) =>
    Math.max(
      0,
      factor * (cell.weights[speed][place] ?? 0) -
        childFactor * (child === undefined ? 0 : (child.weights[speed][place] ?? 0)),
    );
  const successes = own(bin);
  return (priorStrength * priorMean + successes) / (priorStrength + successes + own(BIN_COUNT + bin));
}

function takeOwn(cell: EvidenceCell, child: EvidenceCell | undefined, speed: Speed, nowMs: EpochMs): void {
  const factor = cell.factorAt(speed, nowMs);
  const weights = cell.weights[speed];
  if (child === undefined) {
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      ownSuccesses[bin] = factor * (weights[bin] ?? 0);
      ownFailures[bin] = factor * (weights[BIN_COUNT + bin] ?? 0);
    }
    return;
  }
  const childFactor = child.factorAt(speed, nowMs);
  const childWeights = child.weights[speed];
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const success = factor * (weights[bin] ?? 0) - childFactor * (childWeights[bin] ?? 0);
    const failure = factor * (weights[BIN_COUNT + bin] ?? 0) - childFactor * (childWeights[BIN_COUNT + bin] ?? 0);
    // Rounding, a capped child, and one that outlived its parent in a bounded memory must not make evidence negative.
    ownSuccesses[bin] = success > 0 ? success : 0;
    ownFailures[bin] = failure > 0 ? failure : 0;
  }
}

function aroundOf(weights: Float64Array, bin: number): number {
  const beside = (weights[bin - 1] ?? 0) + (weights[bin + 1] ?? 0);
  const beyond = (weights[bin - 2] ?? 0) + (weights[bin + 2] ?? 0);
  return BESIDE_WEIGHT * beside + BEYOND_WEIGHT * beyond;
}

/**
 * Two memories as one, moment-matched to one Beta a bin, so that their disagreement widens it:
 * `var = Σ w·var + w_f·w_s·(m_f − m_s)²`, `α + β = m(1 − m)/var − 1`.
 */
export function mixPosteriors(fast: Posterior, slow: Posterior, fastShare: number): Posterior {
  const means = new Float64Array(BIN_COUNT);
  const evidence = new Float64Array(BIN_COUNT);
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

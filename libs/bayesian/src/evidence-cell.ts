import type { EpochMs } from '@smart-retry/domain';
import { BIN_COUNT } from './delay-grid.js';
import { FAST, HALF_LIVES_MS, SLOW, type Moment, type Speed } from './moment.js';
import { zeros } from './zeros.js';

const MEMORY_SIZE = 2 * BIN_COUNT;

/** One outcome as a cell counts it. */
export interface BinnedOutcome {
  readonly bin: number;
  readonly success: boolean;
}

/**
 * The decayed evidence of one cell: for each delay bin the weight of successes and of failures, in two memories.
 * Decay runs forward: an outcome at time t is added as `2^((t − landmark) / H)`, and what is read at `now` is scaled by
 * `2^(−(now − landmark) / H)`. An update touches one number a memory, whatever was there; a late report weighs exactly
 * `2^(−age / H)`; and the order of updates does not matter.
 *
 * @see Cormode et al., "Forward Decay: A Practical Time Decay Model for Streaming Systems" (2009)
 */
export class EvidenceCell {
  /** Weights as of the landmark: for each memory those of successes, then those of failures; shape [2 · MEMORY_SIZE]. */
  readonly #weights: number[] = zeros(2 * MEMORY_SIZE);
  #fastLandmarkMs: EpochMs;
  #slowLandmarkMs: EpochMs;
  /** Sum of all weights in the slow memory, as of its landmark. */
  #total = 0;

  constructor({ fastLandmarkMs, slowLandmarkMs }: Moment) {
    this.#fastLandmarkMs = fastLandmarkMs;
    this.#slowLandmarkMs = slowLandmarkMs;
  }

  /** Adds one outcome of the given weight (> 0). */
  add({ bin, success }: BinnedOutcome, weight: number, at: Moment): void {
    const place = success ? bin : BIN_COUNT + bin;
    if (at.fastLandmarkMs > this.#fastLandmarkMs) this.#moveLandmark(FAST, at.fastLandmarkMs);
    if (at.slowLandmarkMs > this.#slowLandmarkMs) this.#moveLandmark(SLOW, at.slowLandmarkMs);
    const fast = weight * this.#weightOf(FAST, at);
    const slow = weight * this.#weightOf(SLOW, at);
    const weights = this.#weights;
    weights[place] = (weights[place] ?? 0) + fast;
    weights[MEMORY_SIZE + place] = (weights[MEMORY_SIZE + place] ?? 0) + slow;
    this.#total += slow;
  }

  /** The weight of a bin's successes as of the landmark. */
  successesOf(speed: Speed, bin: number): number {
    return this.#weights[speed * MEMORY_SIZE + bin] ?? 0;
  }

  /** The weight of a bin's failures as of the landmark. */
  failuresOf(speed: Speed, bin: number): number {
    return this.#weights[speed * MEMORY_SIZE + BIN_COUNT + bin] ?? 0;
  }

  /** What weights of a memory are multiplied by to be as of `now`. */
  factorAt(speed: Speed, now: Moment): number {
    return 1 / this.#weightOf(speed, now);
  }

  /** All evidence in the slow memory. */
  totalAt(now: Moment): number {
    return this.#total * this.factorAt(SLOW, now);
  }

  /** What an outcome of that moment weighs as of this cell's landmark. */
  #weightOf(speed: Speed, at: Moment): number {
    if (speed === FAST) {
      return at.fastLandmarkMs === this.#fastLandmarkMs
        ? at.fastWeight
        : 2 ** ((at.atMs - this.#fastLandmarkMs) / HALF_LIVES_MS[FAST]);
    }
    return at.slowLandmarkMs === this.#slowLandmarkMs
      ? at.slowWeight
      : 2 ** ((at.atMs - this.#slowLandmarkMs) / HALF_LIVES_MS[SLOW]);
  }

  #moveLandmark(speed: Speed, landmarkMs: EpochMs): void {
    const fromMs = speed === FAST ? this.#fastLandmarkMs : this.#slowLandmarkMs;
    const factor = 2 ** (-(landmarkMs - fromMs) / HALF_LIVES_MS[speed]);
    const begin = speed * MEMORY_SIZE;
    for (let i = begin; i < begin + MEMORY_SIZE; i++) this.#weights[i] = (this.#weights[i] ?? 0) * factor;
    if (speed === FAST) {
      this.#fastLandmarkMs = landmarkMs;
    } else {
      this.#slowLandmarkMs = landmarkMs;
      this.#total *= factor;
    }
  }
}

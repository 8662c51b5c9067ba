import type { EpochMs } from '@smart-retry/domain';
import { BIN_COUNT } from './delay-grid.js';

/** Half-lives of the two memories that are kept side by side: an hour, and seven days. */
export const HALF_LIVES_MS = [3_600_000, 604_800_000] as const;
/** Index of a memory. */
export type Speed = 0 | 1;
export const FAST: Speed = 0;
export const SLOW: Speed = 1;

const MEMORY_SIZE = 2 * BIN_COUNT;
/** One outcome as a cell counts it. */
export interface BinnedOutcome {
  readonly bin: number;
  readonly success: boolean;
}

/** Doublings after which weights are scaled down, far from the largest double. */
const RESCALE_AFTER_HALF_LIVES = 500;

/**
 * The decayed evidence of one cell: for each delay bin the weight of successes and of failures, in two memories.
 * Decay runs forward: an outcome at time t is added as `2^((t − landmark) / H)`, and what is read at `now` is scaled by
 * `2^(−(now − landmark) / H)`. An update touches one number a memory, whatever was there; a late report weighs exactly
 * `2^(−age / H)`; and the order of updates does not matter.
 *
 * @see Cormode et al., "Forward Decay: A Practical Time Decay Model for Streaming Systems" (2009)
 */
export class EvidenceCell {
  /**
   * Weights as of the landmark: for each memory those of successes, then those of failures; shape [2 · MEMORY_SIZE].
   * One array: there are many cells, and an array costs more than what is in it.
   */
  readonly #weights = new Float64Array(2 * MEMORY_SIZE);
  readonly #landmarksMs: [EpochMs, EpochMs];
  /** Sum of all weights in the slow memory, as of its landmark. */
  #total = 0;

  constructor(atMs: EpochMs) {
    this.#landmarksMs = [atMs, atMs];
  }

  /** Adds one outcome of the given weight (> 0). */
  add({ bin, success }: BinnedOutcome, weight: number, atMs: EpochMs): void {
    const place = success ? bin : BIN_COUNT + bin;
    this.#addTo(FAST, place, weight, atMs);
    this.#total += this.#addTo(SLOW, place, weight, atMs);
  }

  /** The weight of a bin's successes as of the landmark. */
  successesOf(speed: Speed, bin: number): number {
    return this.#weights[speed * MEMORY_SIZE + bin] ?? 0;
  }

  /** The weight of a bin's failures as of the landmark. */
  failuresOf(speed: Speed, bin: number): number {
    return this.#weights[speed * MEMORY_SIZE + BIN_COUNT + bin] ?? 0;
  }

  /** What weights of a memory are multiplied by to be as of `nowMs`. */
  factorAt(speed: Speed, nowMs: EpochMs): number {
    return 2 ** (-(nowMs - this.#landmarksMs[speed]) / HALF_LIVES_MS[speed]);
  }

  /** All evidence in the slow memory. */
  totalAt(nowMs: EpochMs): number {
    return this.#total * this.factorAt(SLOW, nowMs);
  }

  #addTo(speed: Speed, place: number, weight: number, atMs: EpochMs): number {
    const halfLives = (atMs - this.#landmarksMs[speed]) / HALF_LIVES_MS[speed];
    if (halfLives > RESCALE_AFTER_HALF_LIVES) {
      this.#rescale(speed, atMs);
      return this.#addTo(speed, place, weight, atMs);
    }
    const added = weight * 2 ** halfLives;
    const index = speed * MEMORY_SIZE + place;
    this.#weights[index] = (this.#weights[index] ?? 0) + added;
    return added;
  }

  #rescale(speed: Speed, atMs: EpochMs): void {
    const factor = this.factorAt(speed, atMs);
    const begin = speed * MEMORY_SIZE;
    for (let i = begin; i < begin + MEMORY_SIZE; i++) this.#weights[i] = (this.#weights[i] ?? 0) * factor;
    if (speed === SLOW) this.#total *= factor;
    this.#landmarksMs[speed] = atMs;
  }
}

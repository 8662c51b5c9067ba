import type { EpochMs } from '@smart-retry/domain';
import { BIN_COUNT } from './delay-grid.js';

/** Half-lives of the two memories that are kept side by side: an hour, and seven days. */
export const HALF_LIVES_MS = [3_600_000, 604_800_000] as const;
/** Index of a memory. */
export type Speed = 0 | 1;
export const FAST: Speed = 0;
export const SLOW: Speed = 1;

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
  /** Weights as of the landmark, successes before failures; shape [2 · BIN_COUNT] for each memory. */
  readonly weights: readonly [Float64Array, Float64Array] = [
    new Float64Array(2 * BIN_COUNT),
    new Float64Array(2 * BIN_COUNT),
  ];
  readonly #landmarksMs: [EpochMs, EpochMs];
  /** Sum of all weights in the slow memory, as of its landmark. */
  #total = 0;

  constructor(atMs: EpochMs) {
    this.#landmarksMs = [atMs, atMs];
  }

  /** Adds one outcome of the given weight (> 0). */
  add(bin: number, isSuccess: boolean, weight: number, atMs: EpochMs): void {
    const place = isSuccess ? bin : BIN_COUNT + bin;
    this.#addTo(FAST, place, weight, atMs);
    this.#total += this.#addTo(SLOW, place, weight, atMs);
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
    const weights = this.weights[speed];
    const added = weight * 2 ** halfLives;
    weights[place] = (weights[place] ?? 0) + added;
    return added;
  }

  #rescale(speed: Speed, atMs: EpochMs): void {
    const factor = this.factorAt(speed, atMs);
    const weights = this.weights[speed];
    for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] ?? 0) * factor;
    if (speed === SLOW) this.#total *= factor;
    this.#landmarksMs[speed] = atMs;
  }
}

import type { EpochMs } from '@smart-retry/domain';
import { BIN_COUNT } from './delay-grid.js';
import { FAST, HALF_LIVES_MS, SLOW, type Moment, type Speed } from './moment.js';
import { zeros } from './zeros.js';

/** Where a cell's numbers are: what all of it shares, then four for each bin, side by side, since an update touches all of them. */
const FAST_LANDMARK = 0;
const SLOW_LANDMARK = 1;
/** Sum of all weights in the slow memory, as of its landmark. */
const TOTAL = 2;
const FIRST_BIN = 3;
/** Weights of successes and failures in the fast memory, then in the slow one. */
const OF_BIN = 4;
const OF_SPEED = 2;

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
  /** Counts up with the lessons of whoever holds the cell. */
  lastTaught = 0;
  /** In one array, unboxed: a field that holds a fraction is an object of its own, to be fetched from elsewhere. */
  readonly #numbers: number[] = zeros(FIRST_BIN + OF_BIN * BIN_COUNT);

  constructor({ fastLandmarkMs, slowLandmarkMs }: Moment) {
    this.#numbers[FAST_LANDMARK] = fastLandmarkMs;
    this.#numbers[SLOW_LANDMARK] = slowLandmarkMs;
  }

  /** Adds one outcome of the given weight (> 0). */
  add({ bin, success }: BinnedOutcome, weight: number, at: Moment): void {
    const numbers = this.#numbers;
    if (at.fastLandmarkMs > (numbers[FAST_LANDMARK] ?? 0)) this.#moveLandmark(FAST, at.fastLandmarkMs);
    if (at.slowLandmarkMs > (numbers[SLOW_LANDMARK] ?? 0)) this.#moveLandmark(SLOW, at.slowLandmarkMs);
    const fast = weight * this.#weightOf(FAST, at);
    const slow = weight * this.#weightOf(SLOW, at);
    const place = FIRST_BIN + OF_BIN * bin + (success ? 0 : 1);
    numbers[place] = (numbers[place] ?? 0) + fast;
    numbers[place + OF_SPEED] = (numbers[place + OF_SPEED] ?? 0) + slow;
    numbers[TOTAL] = (numbers[TOTAL] ?? 0) + slow;
  }

  /** The weight of a bin's successes as of the landmark. */
  successesOf(speed: Speed, bin: number): number {
    return this.#numbers[FIRST_BIN + OF_BIN * bin + OF_SPEED * speed] ?? 0;
  }

  /** The weight of a bin's failures as of the landmark. */
  failuresOf(speed: Speed, bin: number): number {
    return this.#numbers[FIRST_BIN + OF_BIN * bin + OF_SPEED * speed + 1] ?? 0;
  }

  /** What weights of a memory are multiplied by to be as of `now`. */
  factorAt(speed: Speed, now: Moment): number {
    return 1 / this.#weightOf(speed, now);
  }

  /** All evidence in the slow memory. */
  totalAt(now: Moment): number {
    return (this.#numbers[TOTAL] ?? 0) * this.factorAt(SLOW, now);
  }

  /** What an outcome of that moment weighs as of this cell's landmark. */
  #weightOf(speed: Speed, at: Moment): number {
    const landmarkMs = this.#numbers[FAST_LANDMARK + speed] ?? 0;
    if (landmarkMs === (speed === FAST ? at.fastLandmarkMs : at.slowLandmarkMs))
      return speed === FAST ? at.fastWeight : at.slowWeight;
    return 2 ** ((at.atMs - landmarkMs) / HALF_LIVES_MS[speed]);
  }

  #moveLandmark(speed: Speed, landmarkMs: EpochMs): void {
    const numbers = this.#numbers;
    const factor = 2 ** (-(landmarkMs - (numbers[FAST_LANDMARK + speed] ?? 0)) / HALF_LIVES_MS[speed]);
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      const place = FIRST_BIN + OF_BIN * bin + OF_SPEED * speed;
      numbers[place] = (numbers[place] ?? 0) * factor;
      numbers[place + 1] = (numbers[place + 1] ?? 0) * factor;
    }
    if (speed === SLOW) numbers[TOTAL] = (numbers[TOTAL] ?? 0) * factor;
    numbers[FAST_LANDMARK + speed] = landmarkMs;
  }
}

import type { EpochMs } from '@smart-retry/domain';

/** Half-lives of the two memories that are kept side by side: an hour, and seven days. */
export const HALF_LIVES_MS = [3_600_000, 604_800_000] as const;
/** Index of a memory. */
export type Speed = 0 | 1;
export const FAST: Speed = 0;
export const SLOW: Speed = 1;

/** Weights are as of multiples of this many half-lives, so that most cells share a landmark and no weight overflows. */
const LANDMARK_HALF_LIVES = 400;

/** An instant, with what outcomes of it weigh in either memory: worked out once, used for every cell. */
export interface Moment {
  readonly atMs: EpochMs;
  readonly fastLandmarkMs: EpochMs;
  readonly slowLandmarkMs: EpochMs;
  /** `2^((atMs − landmark) / H)`. */
  readonly fastWeight: number;
  readonly slowWeight: number;
}

export function momentOf(atMs: EpochMs): Moment {
  const fastLandmarkMs = landmarkOf(FAST, atMs);
  const slowLandmarkMs = landmarkOf(SLOW, atMs);
  return {
    atMs,
    fastLandmarkMs,
    slowLandmarkMs,
    fastWeight: 2 ** ((atMs - fastLandmarkMs) / HALF_LIVES_MS[FAST]),
    slowWeight: 2 ** ((atMs - slowLandmarkMs) / HALF_LIVES_MS[SLOW]),
  };
}

function landmarkOf(speed: Speed, atMs: EpochMs): EpochMs {
  const spanMs = LANDMARK_HALF_LIVES * HALF_LIVES_MS[speed];
  return Math.floor(atMs / spanMs) * spanMs;
}

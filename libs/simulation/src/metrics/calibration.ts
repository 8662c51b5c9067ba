/** A chance that was shown, and what came of it. */
export interface Prediction {
  readonly probability: number;
  readonly happened: boolean;
}

const BINS = 10;

/** Mean squared error of the shown chances; null without any. */
export function brierScore(predictions: readonly Prediction[]): number | null {
  if (predictions.length === 0) return null;
  const sum = predictions.reduce(
    (total, { probability, happened }) => total + (probability - Number(happened)) ** 2,
    0,
  );
  return sum / predictions.length;
}

/** By tenths of the shown chance: how many successes were shown beyond those that came; empty without any. */
export function shownSurplus(predictions: readonly Prediction[]): readonly number[] {
  if (predictions.length === 0) return [];
  const surplus = new Array<number>(BINS).fill(0);
  for (const { probability, happened } of predictions) {
    const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
    surplus[bin] = (surplus[bin] ?? 0) + probability - Number(happened);
  }
  return surplus;
}

/** Retries whose chance was shown, in one run. */
export interface ShownChances {
  readonly shownEstimates: number;
  readonly shownSurplus: readonly number[];
}

/**
 * Expected calibration error over ten bins of equal width: mean distance of shown chance and real share, weighted by use; null
 * without any. Of several runs together the luck of one evens out that of another: the retries of one run share few outages.
 */
export function expectedCalibrationError(runs: readonly ShownChances[]): number | null {
  const total = runs.reduce((sum, { shownEstimates }) => sum + shownEstimates, 0);
  if (total === 0) return null;
  let error = 0;
  for (let bin = 0; bin < BINS; bin++) {
    error += Math.abs(runs.reduce((sum, run) => sum + (run.shownSurplus[bin] ?? 0), 0));
  }
  return error / total;
}

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

/** Expected calibration error over ten bins of equal width: mean distance of shown chance and real share, weighted by use. */
export function expectedCalibrationError(predictions: readonly Prediction[]): number | null {
  if (predictions.length === 0) return null;
  const surplus = new Float64Array(BINS);
  for (const { probability, happened } of predictions) {
    const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
    surplus[bin] = (surplus[bin] ?? 0) + probability - Number(happened);
  }
  return surplus.reduce((sum, difference) => sum + Math.abs(difference), 0) / predictions.length;
}

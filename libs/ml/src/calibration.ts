import { sigmoid } from './probability.js';

/** How a model's logit becomes a probability. */
export type Calibration =
  | { readonly kind: 'none' }
  /** `p = σ(slope · logit + intercept)`: keeps the order of delays. */
  | { readonly kind: 'platt'; readonly slope: number; readonly intercept: number }
  /** Rising points (logit, probability), straight between them, flat beyond. */
  | { readonly kind: 'isotonic'; readonly logits: readonly number[]; readonly probabilities: readonly number[] };

/** The probability that a calibration makes of a logit. */
export function calibrate(calibration: Calibration, logit: number): number {
  switch (calibration.kind) {
    case 'none':
      return sigmoid(logit);
    case 'platt':
      return sigmoid(calibration.slope * logit + calibration.intercept);
    case 'isotonic':
      return interpolate(calibration.logits, calibration.probabilities, logit);
  }
}

function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  let lo = 0;
  let hi = xs.length - 1;
  if (x <= (xs[lo] ?? Number.NaN)) return ys[lo] ?? Number.NaN;
  if (x >= (xs[hi] ?? Number.NaN)) return ys[hi] ?? Number.NaN;
  while (hi - lo > 1) {
    const middle = (lo + hi) >> 1;
    if ((xs[middle] ?? 0) <= x) lo = middle;
    else hi = middle;
  }
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [xs[lo], xs[hi], ys[lo], ys[hi]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

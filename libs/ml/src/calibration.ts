import { sigmoid } from './probability.js';

/** How a model's logit becomes a probability. */
export type Calibration =
  | { readonly kind: 'none' }
  /** `p = σ(slope · logit + intercept)`: keeps the order of delays. */
  | { readonly kind: 'platt'; readonly slope: number; readonly intercept: number };

/** The probability that a calibration makes of a logit. */
export function calibrate(calibration: Calibration, logit: number): number {
  switch (calibration.kind) {
    case 'none':
      return sigmoid(logit);
    case 'platt':
      return sigmoid(calibration.slope * logit + calibration.intercept);
  }
}

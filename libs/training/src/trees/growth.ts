/** What decides how a tree grows. */
export interface Growth {
  readonly maxLeaves: number;
  /** λ of a leaf's value. */
  readonly regularization: number;
  /** Least Σh of a leaf. */
  readonly minChildWeight: number;
  readonly minChildRows: number;
  /** Share of each leaf's value that is kept. */
  readonly learningRate: number;
  /** By column: 1 if the value may only rise with it, −1 if it may only fall, else 0. */
  readonly monotone: Int8Array;
}

/** The best way to divide a leaf. */
export interface Split {
  readonly gain: number;
  readonly column: number;
  /** Bins up to this one go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly leftGradient: number;
  readonly leftHessian: number;
}

/** A leaf that may still be divided. */
export interface Leaf {
  readonly node: number;
  /** Its rows are `order[from … to)`. */
  readonly from: number;
  readonly to: number;
  readonly gradient: number;
  readonly hessian: number;
  /** What monotone splits above allow for its value. */
  readonly lowest: number;
  readonly highest: number;
}

/** `−G / (H + λ)`, within what is allowed. */
export function leafValue(
  { gradient, hessian, lowest, highest }: Omit<Leaf, 'node' | 'from' | 'to'>,
  lambda: number,
): number {
  return Math.min(highest, Math.max(lowest, -gradient / (hessian + lambda)));
}
